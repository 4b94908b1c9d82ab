import { api } from '../shared/api/baseApi';
import type { AppDispatch } from '../shared/api/store';

/** Which cached answers a change in a module makes old. Tags are those of the API document. */
const tagsOf: Record<string, string[]> = {
  agency: ['settings', 'me'],
  identity: ['members', 'invitations', 'api-tokens', 'tokens', 'identity', 'me', 'settings'],
  people: ['people', 'positions', 'members', 'leave', 'time'],
  clients: ['clients', 'contacts'],
  projects: ['projects', 'tasks', 'comments', 'clients', 'dashboard'],
  rates: ['rates', 'rate-cards', 'services'],
  timesheets: ['time', 'timesheets', 'time-entries', 'timers', 'timer', 'projects', 'dashboard'],
  calendars: ['time'],
  planning: ['planning', 'time'],
  retainers: ['retainers', 'portal'],
  runs: ['invoice-runs', 'statement-runs'],
  recurring: ['recurring-invoices'],
  expenses: ['expenses'],
  fees: ['fees', 'portal'],
  invoicing: ['fees', 'expenses', 'invoices', 'payments', 'invoicing', 'time', 'clients', 'dashboard'],
  payments: ['online-payments', 'invoices', 'portal'],
  exports: ['exports'],
  billing: ['billing'],
  portal: ['portal', 'me'],
};
const every = [...new Set(Object.values(tagsOf).flat())];

export const tagsFor = (event: string): string[] => tagsOf[event.split('.')[0] ?? ''] ?? [];

/** Follows the server's stream of changes until the returned function is called. */
export function listen(dispatch: AppDispatch): () => void {
  if (typeof EventSource === 'undefined') return () => {};
  const waiting = new Set<string>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let lost = false;
  const refetch = (tags: string[]) => {
    for (const t of tags) waiting.add(t);
    // One change often makes several events; they become one refetch.
    timer ??= setTimeout(() => {
      timer = undefined;
      dispatch(api.util.invalidateTags([...waiting] as never));
      waiting.clear();
    }, 150);
  };
  const source = new EventSource('/api/v1/stream');
  source.addEventListener('message', (e: MessageEvent<string>) => {
    try {
      refetch(tagsFor((JSON.parse(e.data) as { e?: string }).e ?? ''));
    } catch {
      // A note this version does not understand tells it nothing.
    }
  });
  source.addEventListener('error', () => {
    lost = true;
  });
  source.addEventListener('open', () => {
    // Whatever happened while the line was down was not heard.
    if (lost) refetch(every);
    lost = false;
  });
  return () => {
    clearTimeout(timer);
    source.close();
  };
}
