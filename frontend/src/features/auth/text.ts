import { fill, say, textAt } from '../../shared/lib/texts';
import { en } from './locales/en';

type Leaves<T, P extends string = ''> = T extends string
  ? P
  : T extends readonly unknown[]
    ? never
    : { [K in keyof T & string]: K extends `${string}.${string}` ? never : Leaves<T[K], P extends '' ? K : `${P}.${K}`> }[keyof T & string];

export type TextKey = Leaves<typeof en>;
type Params = Record<string, string | number>;

export { fill };

/** The sign-in pages have texts of their own: those of the app would outweigh them. */
export const t = (key: TextKey, params?: Params): string => say(en, key, params) ?? key;

/** A text in its plural form: `common.minutes` picks `common.minutes_one` or `common.minutes_other`. */
export const plural = (key: 'common.seconds' | 'common.minutes', count: number): string => say(en, key, { count }) ?? '';

/** A text that may be missing, for names that come from outside. */
export const lookup = (...path: string[]): string | undefined => textAt(en, path);
