import type { LeaveView } from '../../shared/api/gen/leave.gen';
import { formatDay, formatRange, type Day } from '../../shared/lib/dates';
import type { Tone } from '../../shared/ui/small';

export const toneOf: Record<LeaveView['state'], Tone> = { requested: 'warning', approved: 'success', rejected: 'danger', cancelled: 'neutral' };

/** '9 – 13 Mar 2026' */
export const when = (l: LeaveView): string => (l.first_day === l.last_day ? formatDay(l.first_day) : formatRange(l.first_day, l.last_day));

/** How much of a day somebody is away: 0, 0.5 or 1. */
export function shareOn(l: LeaveView, d: Day): number {
  if (d < l.first_day || d > l.last_day) return 0;
  return (d === l.first_day && l.half_first) || (d === l.last_day && l.half_last) || l.seconds > 0 ? 0.5 : 1;
}
