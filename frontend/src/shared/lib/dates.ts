import { i18n } from './i18n';

// Calendar days are strings 'YYYY-MM-DD' everywhere. Arithmetic goes through
// UTC midnight, where every day has 24 hours.

export type Day = string;

const utc = (d: Day) => {
  const [y = 1970, m = 1, n = 1] = d.split('-').map(Number);
  return Date.UTC(y, m - 1, n);
};
const back = (ms: number): Day => new Date(ms).toISOString().slice(0, 10);
const dayMs = 86_400_000;

/** Today in `timeZone`, or where the browser is. */
export function today(timeZone?: string, now = new Date()): Day {
  const parts = new Intl.DateTimeFormat('en-CA', { timeZone: timeZone || undefined, year: 'numeric', month: '2-digit', day: '2-digit' }).formatToParts(now);
  const get = (t: string) => parts.find((p) => p.type === t)?.value ?? '';
  return `${get('year')}-${get('month')}-${get('day')}`;
}

export const addDays = (d: Day, n: number): Day => back(utc(d) + n * dayMs);
export const daysBetween = (from: Day, to: Day): number => Math.round((utc(to) - utc(from)) / dayMs);
/** 0 is Sunday. */
export const weekday = (d: Day): number => new Date(utc(d)).getUTCDay();

const names = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];

/** The first day of d's week. `start` as the settings name it ('monday') or as a number. */
export function startOfWeek(d: Day, start: string | number = 'monday'): Day {
  const s = typeof start === 'number' ? start : Math.max(0, names.indexOf(start));
  return addDays(d, -((weekday(d) - s + 7) % 7));
}
export const startOfMonth = (d: Day): Day => `${d.slice(0, 7)}-01`;
export const endOfMonth = (d: Day): Day => {
  const [y = 1970, m = 1] = d.split('-').map(Number);
  return back(Date.UTC(y, m, 0));
};
export const addMonths = (d: Day, n: number): Day => {
  const [y = 1970, m = 1, day = 1] = d.split('-').map(Number);
  const last = new Date(Date.UTC(y, m - 1 + n + 1, 0)).getUTCDate();
  return back(Date.UTC(y, m - 1 + n, Math.min(day, last)));
};

const formats = new Map<string, Intl.DateTimeFormat>();
function format(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const locale = i18n.language === 'en' ? 'en-GB' : i18n.language;
  const key = locale + JSON.stringify(options);
  let f = formats.get(key);
  if (!f) formats.set(key, (f = new Intl.DateTimeFormat(locale, options)));
  return f;
}

/** '24 Nov 2026' */
export const formatDay = (d: Day): string => (d ? format({ day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' }).format(utc(d)) : '');
/** '24 Nov' */
export const formatDayShort = (d: Day): string => format({ day: 'numeric', month: 'short', timeZone: 'UTC' }).format(utc(d));
/** 'Tue' */
export const formatWeekday = (d: Day): string => format({ weekday: 'short', timeZone: 'UTC' }).format(utc(d));
/** 'Tuesday 24 November' */
export const formatDayLong = (d: Day): string => format({ weekday: 'long', day: 'numeric', month: 'long', timeZone: 'UTC' }).format(utc(d));
/** '23 – 29 Nov 2026' */
export function formatRange(from: Day, to: Day): string {
  const f = format({ day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' });
  return f.formatRange(utc(from), utc(to));
}
/** '23 – 29 Nov' */
export const formatRangeShort = (from: Day, to: Day): string => format({ day: 'numeric', month: 'short', timeZone: 'UTC' }).formatRange(utc(from), utc(to));
/** What is handed in together: 'November 2026' for a whole month, else '23 – 29 Nov 2026' */
export const formatPeriod = (from: Day, to: Day): string =>
  from === startOfMonth(from) && to === endOfMonth(from) ? format({ month: 'long', year: 'numeric', timeZone: 'UTC' }).format(utc(from)) : formatRange(from, to);
/** 'Nov 2026' for a whole month, else '23 – 29 Nov' */
export const formatPeriodShort = (from: Day, to: Day): string =>
  from === startOfMonth(from) && to === endOfMonth(from) ? format({ month: 'short', year: 'numeric', timeZone: 'UTC' }).format(utc(from)) : formatRangeShort(from, to);
/** A moment: '24 Nov 2026, 14:05' */
export const formatMoment = (iso: string, timeZone?: string): string =>
  format({ day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit', timeZone: timeZone || undefined }).format(new Date(iso));
/** '14:05' */
export const formatTime = (iso: string, timeZone?: string): string => format({ hour: '2-digit', minute: '2-digit', timeZone: timeZone || undefined }).format(new Date(iso));

/** '5 minutes ago', 'in 3 days' */
export function formatAgo(iso: string, now = Date.now()): string {
  const s = (new Date(iso).getTime() - now) / 1000;
  const rtf = new Intl.RelativeTimeFormat(i18n.language, { numeric: 'auto' });
  const steps: [Intl.RelativeTimeFormatUnit, number][] = [['year', 31_536_000], ['month', 2_592_000], ['week', 604_800], ['day', 86_400], ['hour', 3600], ['minute', 60]];
  for (const [unit, size] of steps) if (Math.abs(s) >= size) return rtf.format(Math.round(s / size), unit);
  return rtf.format(0, 'second');
}
