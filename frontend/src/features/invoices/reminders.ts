import type { ReminderStep, ReminderText } from './api';

export type Texts = Record<string, ReminderText>;
export type StepValues = { days: number | null; when: 'before' | 'after'; texts: Texts };
export type LadderValues = { enabled: boolean; steps: StepValues[] };

/** People say before and after; the server counts from the due date. */
export const fromSteps = (steps: ReminderStep[]): StepValues[] => steps.map((s) => ({ days: Math.abs(s.days), when: s.days < 0 ? 'before' : 'after', texts: s.texts ?? {} }));
export const toStep = (s: StepValues): ReminderStep => ({ days: (s.days ?? 0) * (s.when === 'before' ? -1 : 1) || 0, texts: s.texts });
export const toSteps = (steps: StepValues[]): ReminderStep[] => steps.map(toStep);
