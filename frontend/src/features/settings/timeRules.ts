import type { RoundingView } from '../../shared/api/gen/time.gen';

export type Rounding = RoundingView;
export const roundingModes = ['none', 'up', 'down', 'nearest'] as const;
export const roundingScopes = ['entry', 'day', 'task', 'invoice'] as const;

/** What the rule makes of entries of one day, project, person and task on one invoice: only to show what it means, the server does the counting. */
export function billed(entries: number[], r: Rounding): number {
  const round = (raw: number) => {
    if (r.mode === 'none' || !(r.step_seconds > 0)) return raw;
    const steps = raw / r.step_seconds;
    const whole = { up: Math.ceil(steps), down: Math.floor(steps), nearest: Math.round(steps) }[r.mode];
    return Math.max(whole * r.step_seconds, r.minimum_seconds);
  };
  const sum = (all: number[]) => all.reduce((a, b) => a + b, 0);
  return r.scope === 'entry' ? sum(entries.map(round)) : round(sum(entries));
}
