import { boot } from './boot';

type Values = Readonly<Record<string, unknown>>;

// The texts there are, are English; numbers and days follow the agency's language.
const plurals = new Intl.PluralRules('en');
const numbers = new Intl.NumberFormat(boot.agency.locale || 'en');

/** The text at a path of names, if there is one. */
export function textAt(texts: unknown, path: readonly string[]): string | undefined {
  let at = texts;
  for (const name of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, name)) return undefined;
    at = (at as Values)[name];
  }
  return typeof at === 'string' ? at : undefined;
}

/** A count is read, 4,656; another number may be a year. */
const written = (name: string, v: unknown): string => (name === 'count' && typeof v === 'number' ? numbers.format(v) : String(v ?? ''));

/** Puts values in the place of their {{names}}. */
export const fill = (text: string, values: Values = {}): string => text.replace(/\{\{(\w+)\}\}/g, (_, name: string) => written(name, values[name]));

/** The text of a key, in the form of its count: 'rows' with 2 is 'rows_other'. Undefined when there is none. */
export function say(texts: unknown, key: string, values?: Values): string | undefined {
  const count = values?.['count'];
  const path = key.split('.');
  const counted = typeof count === 'number' ? `${key}_${plurals.select(count)}`.split('.') : path;
  const text = textAt(texts, counted) ?? textAt(texts, path);
  return text === undefined ? undefined : fill(text, values);
}
