import { boot } from './boot';
import { common } from './locale.en';
import { say } from './texts';

/** How this agency writes numbers and days. */
export const i18n = { language: boot.agency.locale || 'en' };

type Texts = { readonly [key: string]: string | Texts };
type Singular<K extends string> = K extends `${infer S}_${'zero' | 'one' | 'two' | 'few' | 'many' | 'other'}` ? S : K;

/** All paths to texts in T: 'list.title' | 'list.count' … */
export type Key<T, P extends string = ''> = {
  [K in keyof T & string]: T[K] extends string ? `${P}${Singular<K>}` : Key<T[K], `${P}${K}.`>;
}[keyof T & string];

export type T<Locale> = (key: Key<Locale>, values?: Record<string, unknown>) => string;

const reader = <L extends Texts>(namespace: string, texts: L): T<L> => (key, values) => say(texts, key, values) ?? `${namespace}:${key}`;

/**
 * The language of a page is fixed when it loads, so texts need no subscription.
 * Takes a feature's texts and returns the hook that reads them, with keys
 * checked by the compiler:
 *
 *   export const useT = registerLocale('clients', en);
 *   const t = useT();  t('list.title')
 */
export function registerLocale<const L extends Texts>(namespace: string, en: L): () => T<L> {
  const t = reader(namespace, en);
  return function useT() {
    return t;
  };
}

/** The same texts outside of components. */
export const tCommon = reader('common', common);

/** Texts that all features share. */
export function useCommon(): T<typeof common> {
  return tCommon;
}
