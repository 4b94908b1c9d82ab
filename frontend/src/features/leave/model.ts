import type { LeaveView } from '../../shared/api/gen/leave.gen';
import { addDays, formatDay, formatRange, weekday, type Day } from '../../shared/lib/dates';
import type { Tone } from '../../shared/ui/small';

export const toneOf: Record<LeaveView['state'], Tone> = { requested: 'warning', approved: 'success', rejected: 'danger', cancelled: 'neutral' };

/** '9 – 13 Mar 2026' */
export const when = (l: LeaveView): string => (l.first_day === l.last_day ? formatDay(l.first_day) : formatRange(l.first_day, l.last_day));

/** The first day from `d` on that is no weekend and meets no leave that is there: what is most likely asked for next. */
export function firstFree(mine: LeaveView[], d: Day): Day {
  const met = mine.find((l) => (l.state === 'requested' || l.state === 'approved') && l.first_day <= d && d <= l.last_day);
  if (met) return firstFree(mine, addDays(met.last_day, 1));
  return weekday(d) % 6 === 0 ? firstFree(mine, addDays(d, 1)) : d;
}

/** How much of a day somebody is away: 0, 0.5 or 1. */
export function shareOn(l: LeaveView, d: Day): number {
  if (d < l.first_day || d > l.last_day) return 0;
  return (d === l.first_day && l.half_first) || (d === l.last_day && l.half_last) || l.seconds > 0 ? 0.5 : 1;
}
