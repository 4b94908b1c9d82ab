import type { BookingView, PersonPlanDay, PlannedBooking } from '../../shared/api/gen/planning.gen';
import type { Day } from '../../shared/lib/dates';

const oneDecimal = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });
const noDecimal = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/** 21600 -> '6', 16200 -> '4.5', 41760 -> '12': room is scarce, and the words beside it are exact. */
export const short = (seconds: number): string => (seconds < 36_000 ? oneDecimal : noDecimal).format(seconds / 3600);

export const booked = (d: PersonPlanDay): number => d.confirmed_seconds + d.tentative_seconds;

export const workOf = (b: BookingView): string => [b.project_name, b.task_name].filter(Boolean).join(' · ');

export type Lane = { booking: PlannedBooking; from: number; to: number; lane: number };

/** Puts bookings into as few lanes as there are at once. Places are days of the page, from 0 on. */
export function lanes(bookings: PlannedBooking[], days: Day[]): Lane[] {
  const first = days[0] ?? '';
  const last = days.at(-1) ?? '';
  const ends: number[] = [];
  return bookings.map((booking) => {
    const from = booking.starts_on < first ? 0 : days.indexOf(booking.starts_on);
    const to = booking.ends_on > last ? days.length - 1 : days.indexOf(booking.ends_on);
    let lane = ends.findIndex((end) => end < from);
    if (lane < 0) lane = ends.length;
    ends[lane] = to;
    return { booking, from, to, lane };
  });
}
