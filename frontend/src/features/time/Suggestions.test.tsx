import { screen, waitFor, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { beforeEach, expect, it } from 'vitest';
import type { TimeSuggestionView } from '../../shared/api/gen/time.gen';
import { pageOf, problem } from '../../test/factories';
import { renderApp, violations } from '../../test/render';
import { server } from '../../test/server';
import { Suggestions } from './components/Suggestions';

const work = { project_id: 'p1', project_code: 'ACM-001', project_name: 'Website', client_name: 'Acme', task_id: 't1', task_name: 'Calls', service_id: null };
const event = (id: string, title: string, over: Partial<TimeSuggestionView> = {}): TimeSuggestionView => ({
  id, source: 'calendar', title, day: '2026-03-02', started_at: '2026-03-02T08:00:00Z', ended_at: '2026-03-02T09:00:00Z', seconds: 3600, hidden: false, ...over,
});

let items: TimeSuggestionView[] = [];
let sent: { path: string; body: Record<string, unknown> }[] = [];
let feeds: { state: string }[] = [];

beforeEach(() => {
  sent = [];
  feeds = [{ state: 'ok' }];
  items = [event('e1', 'Weekly', { work }), event('e2', 'Plan'), event('e3', '')];
  const note = async (request: Request) => {
    const body = (await request.json()) as { ids: string[] };
    sent.push({ path: new URL(request.url).pathname, body });
    return body.ids;
  };
  server.use(
    http.get('*/api/v1/time-suggestions', ({ request }) => {
      const hidden = new URL(request.url).searchParams.get('hidden') === 'true';
      return HttpResponse.json(pageOf(items.filter((x) => hidden || !x.hidden)));
    }),
    http.get('*/api/v1/calendar-feeds', () => HttpResponse.json(pageOf(feeds))),
    http.post('*/api/v1/time-suggestions/take', async ({ request }) => {
      const ids = await note(request);
      items = items.filter((x) => !ids.includes(x.id));
      return HttpResponse.json(pageOf(ids.map((id) => ({ id, time_entry_id: `entry-${id}`, day: '2026-03-02', warnings: [] }))), { status: 201 });
    }),
    http.post('*/api/v1/time-suggestions/hide', async ({ request }) => {
      const ids = await note(request);
      items = items.map((x) => (ids.includes(x.id) ? { ...x, hidden: true } : x));
      return new HttpResponse(null, { status: 204 });
    }),
    http.post('*/api/v1/time-suggestions/unhide', async ({ request }) => {
      const ids = await note(request);
      items = items.map((x) => (ids.includes(x.id) ? { ...x, hidden: false } : x));
      return new HttpResponse(null, { status: 204 });
    }),
    http.delete('*/api/v1/time-entries/:id', ({ params }) => {
      sent.push({ path: `delete ${String(params['id'])}`, body: {} });
      return new HttpResponse(null, { status: 204 });
    }),
    http.get('*/api/v1/projects', () => HttpResponse.json(pageOf([{ id: 'p1', code: 'ACM-001', name: 'Website', client_name: 'Acme' }]))),
    http.get('*/api/v1/tasks', () => HttpResponse.json(pageOf([{ id: 't1', name: 'Calls' }]))),
    http.get('*/api/v1/services', () => HttpResponse.json(pageOf([]))),
  );
});

const open = () => renderApp(<Suggestions from="2026-03-02" to="2026-03-08" />);

it('adds what is known with one click, and takes it back', async () => {
  const { user } = open();
  await user.click(await screen.findByRole('button', { name: /^Add Weekly, .* to Website · Calls$/ }));
  expect(await screen.findByText('Added to your time')).toBeVisible();
  expect(sent[0]).toMatchObject({ path: '/api/v1/time-suggestions/take', body: { ids: ['e1'] } });
  expect(sent[0]?.body).not.toHaveProperty('project_id'); // it goes to its own work
  await waitFor(() => expect(screen.queryByText('Weekly')).toBeNull());
  await user.click(screen.getByRole('button', { name: 'Undo' }));
  await waitFor(() => expect(sent[1]?.path).toBe('delete entry-e1'));
  expect(await violations()).toEqual([]);
});

it('adds several to one task, chosen once, and says at the field what is refused', async () => {
  const { user } = open();
  await user.click(await screen.findByRole('checkbox', { name: 'Choose all' }));
  await user.click(screen.getByRole('button', { name: 'Add 3 to…' }));
  const dialog = await screen.findByRole('dialog', { name: 'Add 3 to one task' });
  server.use(http.post('*/api/v1/time-suggestions/take', () => HttpResponse.json(problem(409, 'timesheets.project_closed', 'This project takes no more time.', [{ location: 'body.project_id', message: 'takes no more time' }]), { status: 409 }), { once: true }));
  await user.click(within(dialog).getByRole('button', { name: 'Add 3 entries' }));
  expect(await within(dialog).findByText('takes no more time')).toBeVisible();
  expect(await violations()).toEqual([]);
  await user.click(within(dialog).getByRole('button', { name: 'Add 3 entries' }));
  expect(await screen.findByText('3 added to your time')).toBeVisible();
  expect(sent[0]?.body).toMatchObject({ ids: ['e1', 'e2', 'e3'], project_id: 'p1', task_id: 't1' });
});

it('asks for the work where none is known', async () => {
  const { user } = open();
  await user.click(await screen.findByRole('button', { name: /^Choose the work for Plan/ }));
  const dialog = await screen.findByRole('dialog', { name: 'Add “Plan” to' });
  await user.click(within(dialog).getByRole('button', { name: 'Add the entry' }));
  expect(await within(dialog).findByText('Choose a project')).toBeVisible();
  expect(sent).toEqual([]);
});

it('hides with an undo, and shows hidden ones again', async () => {
  const { user } = open();
  await user.click(await screen.findByRole('button', { name: /^Hide Plan/ }));
  expect(await screen.findByText('Not suggested any more')).toBeVisible();
  await waitFor(() => expect(screen.queryByText('Plan')).toBeNull());
  await user.click(screen.getByRole('button', { name: 'Show hidden' }));
  await user.click(await screen.findByRole('button', { name: /^Suggest Plan, .* again$/ }));
  expect(await screen.findByRole('button', { name: /^Hide Plan/ })).toBeVisible();
});

it('says where to begin without a calendar, and what is wrong with a broken one', async () => {
  feeds = [];
  items = [];
  const first = open();
  expect(await screen.findByRole('link', { name: 'Add a calendar' })).toHaveAttribute('href', '/settings/profile#calendars');
  first.unmount();
  feeds = [{ state: 'ok' }, { state: 'failing' }];
  open();
  expect(await screen.findByText(/One of your calendars could not be read/)).toBeVisible();
  expect(screen.getByText(/Nothing on these days/)).toBeVisible();
});

it('adds bookings beside events, several at once to the work of each', async () => {
  feeds = [];
  items = [event('b1.2026-03-02', 'Sprint', { source: 'booking', work, started_at: null, ended_at: null, seconds: 21600 }), event('b2.2026-03-02', '', { source: 'booking', work: { ...work, task_id: null, task_name: '' }, started_at: null, ended_at: null })];
  const { user } = open();
  expect(await screen.findByRole('button', { name: /^Add Sprint, .*, booked to Website · Calls$/ })).toBeVisible();
  await user.click(screen.getByRole('checkbox', { name: 'Choose all' }));
  expect(await violations()).toEqual([]);
  await user.click(screen.getByRole('button', { name: 'Add 2' }));
  expect(await screen.findByText('2 added to your time')).toBeVisible();
  expect(sent[0]).toMatchObject({ path: '/api/v1/time-suggestions/take', body: { ids: ['b1.2026-03-02', 'b2.2026-03-02'] } });
  expect(sent[0]?.body).not.toHaveProperty('project_id');
});
