import { useTimesheetsPinMutation, type TimeGridRow } from '../../shared/api/gen/time.gen';
import { toast } from '../../shared/ui/Toast';
import { useT } from './locales/en';
import { keyOf } from './model';

/** The rows that one wants in every week: put there, taken away, and moved about. The server keeps them and their order. */
export function usePins(rows: TimeGridRow[], say: (text: string) => void) {
  const t = useT();
  const [save] = useTimesheetsPinMutation();
  const pinned = rows.filter((r) => r.pinned);
  const keep = async (next: TimeGridRow[], text: string) => {
    try {
      await save({ timePins: { rows: next.map((r) => ({ project_id: r.project_id, task_id: r.task_id ?? undefined, service_id: r.service_id ?? undefined })) } }).unwrap();
      say(text);
    } catch (e) {
      toast.failed(e);
    }
  };
  const placed = (row: TimeGridRow, at: number) => {
    const others = pinned.filter((r) => keyOf(r) !== keyOf(row));
    return [...others.slice(0, at), row, ...others.slice(at)];
  };
  const placeOf = (row: TimeGridRow) => pinned.findIndex((r) => keyOf(r) === keyOf(row));
  return {
    toggle: (row: TimeGridRow) => void (row.pinned ? keep(pinned.filter((r) => keyOf(r) !== keyOf(row)), t('grid.unpinned')) : keep([...pinned, row], t('grid.pinned'))),
    move: (row: TimeGridRow, by: 1 | -1) => {
      const at = placeOf(row) + by;
      if (row.pinned && at >= 0 && at < pinned.length) void keep(placed(row, at), t('grid.moved'));
    },
    /** Puts a row where another one is. */
    put: (row: TimeGridRow, where: TimeGridRow) => {
      if (keyOf(row) !== keyOf(where)) void keep(placed(row, placeOf(where)), t('grid.moved'));
    },
  };
}
