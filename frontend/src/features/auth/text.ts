import { en } from './locales/en';

type Leaves<T, P extends string = ''> = T extends string
  ? P
  : T extends readonly unknown[]
    ? never
    : { [K in keyof T & string]: K extends `${string}.${string}` ? never : Leaves<T[K], P extends '' ? K : `${P}.${K}`> }[keyof T & string];

export type TextKey = Leaves<typeof en>;
type Params = Record<string, string | number>;

const plurals = new Intl.PluralRules('en');

/** The sign-in pages are their own small entry: this stands in for i18next, which alone outweighs them. */
export function t(key: TextKey, params?: Params): string {
  return fill(lookup(...key.split('.')) ?? key, params);
}

/** A text in its plural form: `common.minutes` picks `common.minutes_one` or `common.minutes_other`. */
export function plural(key: 'common.seconds' | 'common.minutes', count: number): string {
  return fill(lookup(...`${key}_${plurals.select(count)}`.split('.')) ?? '', { count });
}

/** A text that may be missing, for names that come from outside. */
export function lookup(...path: string[]): string | undefined {
  let at: unknown = en;
  for (const part of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, part)) return undefined;
    at = (at as Record<string, unknown>)[part];
  }
  return typeof at === 'string' ? at : undefined;
}

export function fill(text: string, params?: Params): string {
  return params ? text.replace(/\{\{(\w+)\}\}/g, (whole, name: string) => String(params[name] ?? whole)) : text;
}
