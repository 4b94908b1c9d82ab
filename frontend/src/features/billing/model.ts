import type { BillingAccountView, PlanView } from '../../shared/api/gen/billing.gen';

export type Bill = BillingAccountView;
export type Plan = PlanView;

/** The price of so many seats a month, in exact cents. */
export function monthly(plan: Plan, seats: number): string {
  const [whole = '0', part = ''] = plan.price.split('.');
  const cents = (BigInt(whole) * 100n + BigInt(part.padEnd(2, '0').slice(0, 2))) * BigInt(seats);
  return `${cents / 100n}.${String(cents % 100n).padStart(2, '0')}`;
}
