import type { Day } from './dates';

/** Where this browser is: 'Europe/Berlin'. */
export const browserZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone || 'Etc/UTC';

function wall(ms: number, zone: string): number {
  const p = new Intl.DateTimeFormat('en-US', { timeZone: zone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' }).formatToParts(ms);
  const n = (t: string) => Number(p.find((x) => x.type === t)?.value);
  return Date.UTC(n('year'), n('month') - 1, n('day'), n('hour'), n('minute'), n('second'));
}

/** The instant at which clocks in `zone` show this day and 'HH:MM'. In a gap it is the time after it. */
export function instantOf(day: Day, hm: string, zone: string): Date {
  const want = Date.parse(`${day}T${hm}:00Z`);
  let guess = want;
  // Twice: the first guess may lie on the other side of a change of the clocks.
  for (let i = 0; i < 2; i++) guess += want - wall(guess, zone);
  return new Date(guess);
}

/** 'HH:MM' on the clocks of `zone`. */
export const clockOf = (instant: string, zone: string): string => new Date(wall(Date.parse(instant), zone)).toISOString().slice(11, 16);

/** Time zones with their present distance from Greenwich. */
export function timeZones(current: string, now = new Date()): { value: string; label: string }[] {
  const all = new Set(['UTC', ...Intl.supportedValuesOf('timeZone'), current].filter(Boolean));
  return [...all].map((zone) => ({ value: zone, label: `${zone.replaceAll('_', ' ')}${offset(zone, now)}` }));
}

function offset(zone: string, now: Date): string {
  try {
    const part = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'shortOffset' }).formatToParts(now).find((p) => p.type === 'timeZoneName');
    return part ? ` (${part.value})` : '';
  } catch {
    return '';
  }
}
