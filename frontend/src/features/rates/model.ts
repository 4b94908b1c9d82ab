import type { RateTiers, RateView } from '../../shared/api/gen/rates.gen';
import { i18n } from '../../shared/lib/i18n';

export const ifMatch = (version: number): string => `"${version}"`;

export type Standing = 'now' | 'later' | 'past';

/** Whether a rate holds on a day, holds later, or held before. */
export function standing(r: Pick<RateView, 'valid_from' | 'valid_to'>, day: string): Standing {
  if (r.valid_from > day) return 'later';
  return r.valid_to !== null && r.valid_to <= day ? 'past' : 'now';
}

/** '90.00' in EUR, as other money is written. */
export const perHour = (amount: string, currency: string): string =>
  new Intl.NumberFormat(i18n.language, { style: 'currency', currency, minimumFractionDigits: 2, maximumFractionDigits: 6 }).format(amount as unknown as number);

export const pers = ['day', 'month', 'line'] as const;
export const mostTiers = 10;

/** Tiers as a form holds them; without a period there are none. */
export type TierValues = { per: '' | (typeof pers)[number]; steps: { from_seconds: number | null; per_hour: string | null }[] };

export const tierValues = (r?: RateView): TierValues => (r?.tiers ? { per: r.tiers.per, steps: r.tiers.steps.map((s) => ({ ...s })) } : { per: '', steps: [] });

/** As the server takes them. Without any, a rate that had some says so. */
export const tiersOf = (x: TierValues): RateTiers => (x.per === '' ? { per: 'day', steps: [] } : { per: x.per, steps: x.steps.map((s) => ({ from_seconds: s.from_seconds ?? 0, per_hour: s.per_hour ?? '' })) });

/** Whether both come to the same. */
export function sameTiers(a: TierValues, b: TierValues): boolean {
  if (a.per === '' || b.per === '') return a.per === b.per;
  return a.per === b.per && a.steps.length === b.steps.length && a.steps.every((s, n) => s.from_seconds === b.steps[n]?.from_seconds && Number(s.per_hour) === Number(b.steps[n]?.per_hour));
}

export const factorKinds = ['after_hours', 'saturday', 'sunday', 'holiday'] as const;
export const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;

export type Hours = { opens: string; closes: string };

/** The days that have business hours. A day that closes at midnight does so at 24:00. */
export const businessWeek = (week: Hours[]): (Hours & { weekday: (typeof weekdays)[number] })[] =>
  weekdays.flatMap((weekday, i) => {
    const h = week[i];
    return h?.opens && h.closes ? [{ weekday, opens: h.opens, closes: h.closes === '00:00' ? '24:00' : h.closes }] : [];
  });
