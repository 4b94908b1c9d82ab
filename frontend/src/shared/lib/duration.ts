import { i18n } from './i18n';
import { parseAmount } from './money';

const written = (n: number, maximumFractionDigits = 0): string => new Intl.NumberFormat(i18n.language, { maximumFractionDigits }).format(n);

/** 5400 -> '1:30', 50349600 -> '13,986:00'. Seconds below a minute are dropped. */
export function formatDuration(seconds: number): string {
  const sign = seconds < 0 ? '-' : '';
  const m = Math.floor(Math.abs(seconds) / 60);
  return `${sign}${written(Math.floor(m / 60))}:${String(m % 60).padStart(2, '0')}`;
}

/** 4313700 -> '1,198 h'. Of a budget nobody asks for the minutes; below ten hours a half counts. */
export function formatHours(seconds: number): string {
  return `${written(seconds / 3600, Math.abs(seconds) < 36_000 ? 1 : 0)} h`;
}

/** 5425 -> '1:30:25', for a clock that runs. */
export function formatClock(seconds: number): string {
  const s = Math.max(0, Math.floor(seconds));
  return `${Math.floor(s / 3600)}:${String(Math.floor(s / 60) % 60).padStart(2, '0')}:${String(s % 60).padStart(2, '0')}`;
}

/**
 * What people type for a time, in seconds: '1:30', '1.5', '1,5', '90m',
 * '1h 30m', '2h', '45min'. A bare number is hours. null when it is none of these.
 */
export function parseDuration(text: string): number | null {
  const s = text.trim().toLowerCase();
  let m = /^(.*):([0-5]\d)$/.exec(s);
  if (m) {
    const whole = m[1] ? hoursOf(m[1]) : 0;
    return whole !== null && Number.isInteger(whole) ? whole * 3600 + Number(m[2]) * 60 : null;
  }
  m = /^([\d.,\s'’]*\d[.,]?)\s*(?:h|hr|hrs|hours?)?$/.exec(s);
  if (m) return seconds(hoursOf(m[1] ?? ''), 0);
  m = /^(?:([\d.,\s'’]+?)\s*(?:h|hr|hrs|hours?))?\s*(\d{1,5})\s*(?:m|min|mins|minutes?)$/.exec(s);
  return m ? seconds(m[1] ? hoursOf(m[1]) : 0, Number(m[2])) : null;
}

/** Hours with their decimals, no more than anybody works. */
function hoursOf(text: string): number | null {
  const n = Number(parseAmount(text) ?? Number.NaN);
  return n >= 0 && n < 100_000 ? n : null;
}

const seconds = (hours: number | null, minutes: number): number | null => (hours === null ? null : Math.round(hours * 60 + minutes) * 60);
