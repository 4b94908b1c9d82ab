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

const marks = new Map<string, { decimal: string; group: string }>();
/** What stands before decimals and between thousands where numbers are written this agency's way. */
function separators(): { decimal: string; group: string } {
  const locale = i18n.language;
  let m = marks.get(locale);
  if (!m) {
    const parts = new Intl.NumberFormat(locale).formatToParts(-1234567.5);
    const of = (type: string) => parts.find((p) => p.type === type)?.value ?? '';
    marks.set(locale, (m = { decimal: of('decimal'), group: of('group') }));
  }
  return m;
}

// India writes 12,34,567: only the last group is always of three. None begins with a nought.
const grouped = /^[1-9]\d{0,2}(?:[.,]\d{2,3})*[.,]\d{3}$/;

/**
 * What people type ('1.250,50', '1,250.50', '1250') as the server's decimal string; null when it is none.
 * '1,250' could be two numbers: it is the one that this agency writes so, and none where it would write neither.
 */
export function parseAmount(text: string): string | null {
  const s = text.replace(/[\s'’]/g, '').replace('−', '-');
  const [, sign = '', body = ''] = /^(-?)([\d.,]*\d[\d.,]*)$/.exec(s) ?? [];
  if (!body) return null;
  const last = Math.max(body.lastIndexOf('.'), body.lastIndexOf(','));
  const mark = body.charAt(last);
  const whole = body.slice(0, Math.max(last, 0));
  const plain = (n: string, decimals = '') => `${sign}${n.replace(/[.,]/g, '').replace(/^0+(?=\d)/, '') || '0'}${decimals && `.${decimals}`}`;
  if (last < 0) return plain(body);
  if (whole.includes(mark)) return grouped.test(body) && !body.includes(mark === '.' ? ',' : '.') ? plain(body) : null;
  if (/[.,]/.test(whole)) return grouped.test(whole) ? plain(whole, body.slice(last + 1)) : null;
  if (grouped.test(body) && mark !== separators().decimal) return mark === separators().group ? plain(body) : null;
  return plain(whole, body.slice(last + 1));
}

/** A decimal string as people would type it, to the last of its places. */
export const writeDecimal = (plain: string): string => plain.replace('.', separators().decimal);
