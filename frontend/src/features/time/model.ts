import type { TimeCell, TimeEntryView, TimeGrid, TimeGridRow, TimesheetPart } from '../../shared/api/gen/time.gen';
import type { Day } from '../../shared/lib/dates';
import type { Tone } from '../../shared/ui/small';
import { clockOf } from '../../shared/lib/zones';

export const tones: Record<TimeEntryView['state'], Tone> = { draft: 'neutral', submitted: 'brand', approved: 'success', billed: 'success', rejected: 'danger' };

type RowKey = { project_id: string; task_id?: string | null; service_id?: string | null };
export const keyOf = (r: RowKey): string => `${r.project_id}/${r.task_id ?? ''}/${r.service_id ?? ''}`;

/** A row as the server is told of it: without a task it has none, and without a service it has none either. */
export const cellOf = (r: TimeGridRow) => ({ project_id: r.project_id, task_id: r.task_id ?? undefined, service_id: r.service_id ?? '' });

export const workName = (w: { project_name: string; task_name: string }): string => [w.project_name, w.task_name].filter(Boolean).join(' · ');

export const rowName = (r: TimeGridRow): string => [workName(r), r.service_name].filter(Boolean).join(' · ');

/** The note of a cell, open at the place it belongs to. */
export type Note = { row: TimeGridRow; cell: TimeCell; anchor: HTMLElement };

/** What a day is handed in with. */
export const partOf = (g: TimeGrid, day: Day): TimesheetPart | undefined => g.timesheets.find((s) => s.from <= day && day <= s.until);

export const takes = (s?: { state: TimesheetPart['state'] }): boolean => s?.state === 'draft' || s?.state === 'rejected';

/** The first day of the week that a grid shows. */
export const weekOf = (g: TimeGrid): Day => g.days[0]?.day ?? g.timesheet.from;

/** An empty row of a week, until it holds time. */
export function emptyRow(days: Day[], names: Pick<TimeGridRow, 'project_id' | 'task_id' | 'project_code' | 'project_name' | 'task_name' | 'client_name' | 'service_id' | 'service_name'>): TimeGridRow {
  return { ...names, open: true, pinned: false, seconds: 0, cells: days.map((day) => ({ day, seconds: 0, note: '', entries: 0, state: '', timed: false, editable: true, billable: true })) };
}

/** '09:00 – 10:30' on the clocks of the place it was worked at. */
export const span = (e: TimeEntryView): string => (e.started_at && e.ended_at ? `${clockOf(e.started_at, e.zone)} – ${clockOf(e.ended_at, e.zone)}` : '');

/** Whether other hours are billed than were worked. */
export const rounded = (e: TimeEntryView): boolean => e.billable && e.billed_seconds !== e.seconds;
