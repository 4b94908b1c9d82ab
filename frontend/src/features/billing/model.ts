import type { BillingAccountView, PlanView } from '../../shared/api/gen/billing.gen';

export type Bill = BillingAccountView;
export type Plan = PlanView;

/** The price of so many seats a month, in exact cents. */
export function monthly(plan: Plan, seats: number): string {
  const [whole = '0', part = ''] = plan.price.split('.');
  const cents = (BigInt(whole) * 100n + BigInt(part.padEnd(2, '0').slice(0, 2))) * BigInt(seats);
  return `${cents / 100n}.${String(cents % 100n).padStart(2, '0')}`;
}

type Feature = 'api_tokens' | 'custom_rates' | 'audit_log' | 'legal_entities' | 'true_up';
type Reason =
  | 'trial' | 'trial_over' | 'in_order' | 'ends_at_period_end' | 'collection_paused' | 'payment_past_due' | 'payment_failed'
  | 'first_payment_open' | 'first_payment_failed' | 'subscription_ended' | 'unknown_state' | 'operator';
type State = 'draft' | 'open' | 'paid' | 'uncollectible' | 'void';

/** The server's words, as keys of our texts. One that a newer server invented is shown as the nearest thing we have. */
export const featureKey = (f: string) => `feature.${f as Feature}` as const;
export const reasonKey = (r: string | undefined) => `reason.${(r ?? 'in_order') as Reason}` as const;
export const stateKey = (s: string) => `status.${s as State}` as const;
export const levelKey = (l: string) => `level.${l as Bill['access']['level']}` as const;
