import { problemText } from '../api/problem';

// What is said, apart from how it is drawn: pages that say something need not carry the drawing.
export type Message = { id: number; text: string; tone: 'info' | 'error'; undo?: () => void };

let message: Message | null = null;
let last = 0;

export const current = (): Message | null => message;
const listeners = new Set<() => void>();
export const show = (m: Message | null) => {
  message = m;
  for (const l of listeners) l();
};
export const subscribe = (l: () => void) => {
  listeners.add(l);
  return () => listeners.delete(l);
};

/** toast('Client archived', { undo: restore }) or toast.failed(error) */
export function toast(text: string, { undo, tone = 'info' }: { undo?: () => void; tone?: 'info' | 'error' } = {}): void {
  show({ id: ++last, text, tone, undo });
}
toast.failed = (error: unknown): void => toast(problemText(error), { tone: 'error' });

