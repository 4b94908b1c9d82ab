import {
  useTimeEntriesDeleteMutation, useTimeSuggestionsHideMutation, useTimeSuggestionsTakeMutation, useTimeSuggestionsUnhideMutation, type TimeSuggestionView,
} from '../../shared/api/gen/time.gen';
import { browserZone } from '../../shared/lib/zones';
import { toast } from '../../shared/ui/Toast';
import { useT } from './locales/en';

export type Choice = { project_id: string; task_id?: string | null; service_id?: string | null };

/** 50 go in one call. */
export const most = 50;

/** What one does with what may have been one's work. Each can be undone from the message that says so. */
export function useSuggestions() {
  const t = useT();
  const [take] = useTimeSuggestionsTakeMutation();
  const [remove] = useTimeEntriesDeleteMutation();
  const [hide] = useTimeSuggestionsHideMutation();
  const [unhide] = useTimeSuggestionsUnhideMutation();
  const show = (ids: string[]) => unhide({ timeSuggestionIDs: { ids } }).unwrap();
  return {
    /** Without a choice each goes to its own work. Rejects with what the server refuses. */
    add: async (events: TimeSuggestionView[], c?: Choice) => {
      const { items } = await take({
        timeSuggestionsTaking: { ids: events.map((e) => e.id), project_id: c?.project_id, task_id: c?.task_id ?? undefined, service_id: c?.service_id ?? undefined, zone: browserZone() },
      }).unwrap();
      const undo = () => void Promise.all(items.map((x) => remove({ id: x.time_entry_id }).unwrap())).catch(toast.failed);
      toast(t(items.some((x) => x.warnings.includes('overlap')) ? 'suggest.overlap' : 'suggest.added', { count: items.length }), { undo });
    },
    hide: async (events: TimeSuggestionView[]) => {
      const ids = events.map((e) => e.id);
      try {
        await hide({ timeSuggestionIDs: { ids } }).unwrap();
        toast(t('suggest.hid', { count: ids.length }), { undo: () => void show(ids).catch(toast.failed) });
      } catch (e) {
        toast.failed(e);
      }
    },
    show: (events: TimeSuggestionView[]) => void show(events.map((e) => e.id)).catch(toast.failed),
  };
}

/** How one is called: an event by its title, a booking by what it is for. */
export const nameOf = (s: TimeSuggestionView, untitled: string): string => s.title || (s.source === 'booking' && s.work?.project_name) || untitled;
