import { useMemo } from 'react';
import { useMembersListQuery } from '../../shared/api/gen/members.gen';
import type { TimeEntryView, TimesheetLine } from '../../shared/api/gen/time.gen';

/** A week that goes back to its person, or only some of its entries. */
export type Back = { sheet: TimesheetLine; entryIds?: string[] };

/** Weeks that go back together. */
export type BackMany = { sheets: TimesheetLine[] };

/** What can have been decided about a week. */
export type Decision = 'approved' | 'rejected';

/** Names by member id. */
export function useNames(): (id: string, otherwise: string) => string {
  const { data } = useMembersListQuery({ limit: 200, kind: 'staff' });
  const names = useMemo(() => new Map(data?.items.map((m) => [m.id, m.name])), [data]);
  return (id, otherwise) => names.get(id) ?? otherwise;
}

/** Everybody who may have handed in weeks, those who left included. */
export function useStaffOptions(): { value: string; label: string }[] {
  const { data } = useMembersListQuery({ limit: 200, kind: 'staff' });
  return useMemo(() => data?.items.map((m) => ({ value: m.id, label: m.name })) ?? [], [data]);
}

/** Entries of a week by day, in order. */
export function byDay(entries: TimeEntryView[]): [string, TimeEntryView[]][] {
  const days = new Map<string, TimeEntryView[]>();
  for (const e of entries) days.set(e.day, [...(days.get(e.day) ?? []), e]);
  return [...days].sort(([a], [b]) => a.localeCompare(b));
}
