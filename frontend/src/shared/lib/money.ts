import { i18n } from './i18n';

/** As the server sends it. The amount is a decimal string: a float would lose cents. */
export type MoneyValue = { amount: string; currency: string };

const formats = new Map<string, Intl.NumberFormat>();

export function formatMoney(m: MoneyValue | null | undefined, options: { cents?: boolean; /** The reader's when missing. */ locale?: string } = {}): string {
  if (!m) return '';
  const locale = options.locale || i18n.language;
  const key = `${locale} ${m.currency} ${options.cents ?? true}`;
  let f = formats.get(key);
  if (!f) {
    const digits = options.cents === false ? { maximumFractionDigits: 0 } : {};
    formats.set(key, (f = new Intl.NumberFormat(locale, { style: 'currency', currency: m.currency, ...digits })));
  }
  // Intl takes decimal strings exactly; the type of TypeScript's library lags behind.
  return f.format(m.amount as unknown as number);
}

/** What people type ('1.250,50', '1,250.50', '1250') as the server's decimal string; null when it is none. */
export function parseAmount(text: string): string | null {
  const s = text.replace(/[\s' ]/g, '');
  if (!/^-?[\d.,]+$/.test(s) || !/\d/.test(s)) return null;
  const last = Math.max(s.lastIndexOf('.'), s.lastIndexOf(','));
  if (last < 0) return s;
  const sep = s.charAt(last);
  const other = sep === '.' ? ',' : '.';
  const digitsAfter = s.length - last - 1;
  const repeated = s.split(sep).length > 2;
  // '1,250' and '1.250.000' group thousands; '1,25' and '1.250,5' have decimals.
  const grouping = repeated || (digitsAfter === 3 && sep === ',' && !s.includes(other));
  if (grouping) return s.replaceAll(sep, '').replace(other, '.');
  return `${s.slice(0, last).replaceAll(other, '').replaceAll(sep, '')}.${s.slice(last + 1)}`.replace(/\.$/, '').replace(/^(-?)\./, '$10.');
}
