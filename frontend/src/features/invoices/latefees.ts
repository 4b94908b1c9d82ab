import type { OverdueInvoice } from './api';
import { plus, zero } from './spread';

/** Those of the chosen that can be charged. */
export const feesOf = (all: OverdueInvoice[], ids: ReadonlySet<string>): OverdueInvoice[] => all.filter((i) => ids.has(i.id) && !i.why);

/** What their fees come to, by currency. */
export function sumsOf(all: OverdueInvoice[]): { amount: string; currency: string }[] {
  const sums = new Map<string, string>();
  for (const i of all) sums.set(i.fee.currency, plus(sums.get(i.fee.currency) ?? zero, i.fee.amount));
  return [...sums].map(([currency, amount]) => ({ amount, currency }));
}
