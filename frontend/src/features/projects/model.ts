import { formatDuration } from '../../shared/lib/duration';
import { addDays } from '../../shared/lib/dates';
import type { TaskView } from '../../shared/api/gen/tasks.gen';

/** Where a card goes: beside another one, or last in the column. */
export type Target = { columnId: string; beforeId?: string; afterId?: string };

/** The cards of a column in their order. */
export const inColumn = (tasks: TaskView[], columnId: string): TaskView[] => tasks.filter((t) => t.column_id === columnId);

/** The list of tasks with one of them put elsewhere. */
export function moved(tasks: TaskView[], id: string, to: Target): TaskView[] {
  const task = tasks.find((t) => t.id === id);
  if (!task) return tasks;
  const rest = tasks.filter((t) => t.id !== id);
  const beside = to.beforeId ?? to.afterId;
  let at = rest.findIndex((t) => t.id === beside);
  if (at < 0) at = rest.length;
  else if (!to.beforeId) at += 1;
  rest.splice(at, 0, { ...task, column_id: to.columnId });
  return rest;
}

/** The target that puts `id` at place `index` among the cards `ids` of a column, itself left out. */
export function targetAt(ids: string[], id: string, index: number, columnId: string): Target {
  const others = ids.filter((x) => x !== id);
  const beforeId = others[index];
  if (beforeId) return { columnId, beforeId };
  const afterId = others.at(-1);
  return afterId ? { columnId, afterId } : { columnId };
}

export type DueGroup = 'overdue' | 'today' | 'week' | 'later' | 'none';
export const dueGroups: DueGroup[] = ['overdue', 'today', 'week', 'later', 'none'];

/** Which heading of my tasks a due date belongs under. The week is the next seven days. */
export function dueGroup(due: string | null | undefined, today: string): DueGroup {
  if (!due) return 'none';
  if (due < today) return 'overdue';
  if (due === today) return 'today';
  return due <= addDays(today, 6) ? 'week' : 'later';
}

export type Colour = 'blue' | 'teal' | 'green' | 'lime' | 'amber' | 'orange' | 'red' | 'pink' | 'purple' | 'indigo' | 'cyan' | 'slate';
export const colours: Colour[] = ['blue', 'teal', 'green', 'lime', 'amber', 'orange', 'red', 'pink', 'purple', 'indigo', 'cyan', 'slate'];

// Twelve hues of like lightness, in the middle between light and dark, so that they show on both.
const hues: Record<Colour, string> = {
  blue: '#4c6ef5', teal: '#12a594', green: '#30a46c', lime: '#7a9a01', amber: '#c28a00', orange: '#e8590c', red: '#e5484d', pink: '#d6409f', purple: '#8e4ec6', indigo: '#5b5bd6', cyan: '#0c8ca8', slate: '#7b8794',
};
export const hue = (colour: string): string => hues[colour as Colour] ?? hues.slate;

/** A column id that is not taken. */
export function newColumnId(taken: string[]): string {
  let n = taken.length + 1;
  while (taken.includes(`column-${n}`)) n += 1;
  return `column-${n}`;
}

/** 1:30 h */
export const hours = (seconds: number): string => `${formatDuration(seconds)} h`;
