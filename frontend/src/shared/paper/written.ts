import { formatDay } from '../lib/dates';
import { formatMoney, type MoneyValue } from '../lib/money';
import { say, type Word } from './words';

/** How a document writes: its words, days, amounts and numbers, in its own language and not in the reader's. */
export function written({ language = 'en', locale }: { language?: string; locale?: string }) {
  return {
    t: (word: Word, values?: Record<string, string>) => say(language, word, values),
    day: (d: string) => {
      const [y = '', m = '', n = ''] = d.split('-');
      return language === 'en' ? formatDay(d) : [n, m, y].join(language === 'de' ? '.' : '/');
    },
    money: (m: MoneyValue) => formatMoney(m, { locale }),
    number: (plain: string) => (language === 'en' ? plain : plain.replace('.', ',')),
  };
}
