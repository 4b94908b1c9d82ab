import type { LateFeePolicy, ReminderStep, ReminderText } from './api';

export type Texts = Record<string, ReminderText>;
export type StepValues = { days: number | null; when: 'before' | 'after'; fee: string | null; texts: Texts };
export type LateValues = {
  on: boolean; since: string; currency: string; percent: string | null; per: 'year' | 'month'; grace_days: number | null; least: string | null; most: string | null; tax_rate_id: string;
  by: '' | 'draft' | 'issue' | 'send';
};
export type LadderValues = { enabled: boolean; steps: StepValues[]; late: LateValues };

/** People say before and after; the server counts from the due date. */
export const fromSteps = (steps: ReminderStep[]): StepValues[] => steps.map((s) => ({ days: Math.abs(s.days), when: s.days < 0 ? 'before' : 'after', fee: s.fee || null, texts: s.texts ?? {} }));
export const toStep = (s: StepValues): ReminderStep => ({ days: (s.days ?? 0) * (s.when === 'before' ? -1 : 1) || 0, ...(s.fee && { fee: s.fee }), texts: s.texts });
export const toSteps = (steps: StepValues[]): ReminderStep[] => steps.map(toStep);

export const fromLate = (l: LateFeePolicy, currency: string): LateValues => ({
  on: l.on, since: l.since ?? '', currency: l.currency || currency, percent: l.percent || null, per: l.per ?? 'year', grace_days: l.grace_days ?? null, least: l.least || null, most: l.most || null,
  tax_rate_id: l.tax_rate_id ?? '', by: l.by ?? '',
});

/** What was left empty is not sent. */
export const toLate = (l: LateValues): LateFeePolicy => ({
  on: l.on, currency: l.currency, per: l.per, by: l.by, ...(l.since && { since: l.since }), ...(l.percent && { percent: l.percent }), ...(l.grace_days && { grace_days: l.grace_days }),
  ...(l.least && { least: l.least }), ...(l.most && { most: l.most }), ...(l.tax_rate_id && { tax_rate_id: l.tax_rate_id }),
});
