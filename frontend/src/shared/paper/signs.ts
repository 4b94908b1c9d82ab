import type { MoneyValue } from '../lib/money';

export const minus = (m: MoneyValue): MoneyValue => ({ ...m, amount: m.amount.startsWith('-') ? m.amount.slice(1) : `-${m.amount}` });

/** What a document adds to what a client owes: a credit note takes away. */
export const signedTotal = (i: { kind: string; total: MoneyValue }): MoneyValue => (i.kind === 'credit_note' ? minus(i.total) : i.total);
