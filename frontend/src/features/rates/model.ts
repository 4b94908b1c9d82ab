import type { RateView } from '../../shared/api/gen/rates.gen';
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

export const factorKinds = ['after_hours', 'saturday', 'sunday', 'holiday'] as const;
export const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;

export type Hours = { opens: string; closes: string };

/** The days that have business hours. A day that closes at midnight does so at 24:00. */
export const businessWeek = (week: Hours[]): (Hours & { weekday: (typeof weekdays)[number] })[] =>
  weekdays.flatMap((weekday, i) => {
    const h = week[i];
    return h?.opens && h.closes ? [{ weekday, opens: h.opens, closes: h.closes === '00:00' ? '24:00' : h.closes }] : [];
  });
