const hours = new Intl.NumberFormat('en');

/** 5400 -> '1:30', 50349600 -> '13,986:00'. Seconds below a minute are dropped. */
export function formatDuration(seconds: number): string {
  const sign = seconds < 0 ? '-' : '';
  const m = Math.floor(Math.abs(seconds) / 60);
  return `${sign}${hours.format(Math.floor(m / 60))}:${String(m % 60).padStart(2, '0')}`;
}

/** 4313700 -> '1,198 h'. Of a budget nobody asks for the minutes; below ten hours a half counts. */
export function formatHours(seconds: number): string {
  return `${new Intl.NumberFormat('en', { maximumFractionDigits: Math.abs(seconds) < 36_000 ? 1 : 0 }).format(seconds / 3600)} h`;
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
  if (s === '') return null;
  let m = /^(\d{1,4}):([0-5]\d)$/.exec(s);
  if (m) return Number(m[1]) * 3600 + Number(m[2]) * 60;
  m = /^:([0-5]\d)$/.exec(s);
  if (m) return Number(m[1]) * 60;
  m = /^(\d{1,4}(?:[.,]\d{1,4})?)$/.exec(s);
  if (m) return toMinutes(Number((m[1] ?? '').replace(',', '.')) * 3600);
  m = /^(?:(\d{1,4}(?:[.,]\d{1,4})?)\s*(?:h|hr|hrs|hours?))?\s*(?:(\d{1,5})\s*(?:m|min|mins|minutes?))?$/.exec(s);
  if (m && (m[1] || m[2])) return toMinutes(Number((m[1] ?? '0').replace(',', '.')) * 3600 + Number(m[2] ?? 0) * 60);
  return null;
}

const toMinutes = (seconds: number) => Math.round(seconds / 60) * 60;
