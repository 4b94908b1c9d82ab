import i18n from 'i18next';
import { boot } from './boot';
import { common } from './locale.en';

void i18n.init({
  lng: boot.agency.locale || 'en',
  fallbackLng: 'en',
  ns: ['common'],
  defaultNS: 'common',
  resources: { en: { common } },
  interpolation: { escapeValue: false }, // React escapes
  returnNull: false,
});

type Texts = { readonly [key: string]: string | Texts };
type Singular<K extends string> = K extends `${infer S}_${'zero' | 'one' | 'two' | 'few' | 'many' | 'other'}` ? S : K;

/** All paths to texts in T: 'list.title' | 'list.count' … */
export type Key<T, P extends string = ''> = {
  [K in keyof T & string]: T[K] extends string ? `${P}${Singular<K>}` : Key<T[K], `${P}${K}.`>;
}[keyof T & string];

export type T<Locale> = (key: Key<Locale>, values?: Record<string, unknown>) => string;

/**
 * The language of a page is fixed when it loads, so texts need no subscription.
 * Adds a feature's texts under its own namespace and returns the hook that
 * reads them, with keys checked by the compiler:
 *
 *   export const useT = registerLocale('clients', en);
 *   const t = useT();  t('list.title')
 */
export function registerLocale<const L extends Texts>(namespace: string, en: L): () => T<L> {
  i18n.addResourceBundle('en', namespace, en, true, true);
  const t = i18n.getFixedT(null, namespace) as unknown as T<L>;
  return function useT() {
    return t;
  };
}

/** Texts that all features share. */
export function useCommon(): T<typeof common> {
  return tCommon;
}
const tCommon = i18n.getFixedT(null, 'common') as unknown as T<typeof common>;

export { i18n };
