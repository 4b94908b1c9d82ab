import { screen, waitFor, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { beforeEach, expect, it } from 'vitest';
import type { TimeBulk, TimeBulkView } from '../../shared/api/gen/time.gen';
import { pageOf, problem } from '../../test/factories';
import { renderApp } from '../../test/render';
import { server } from '../../test/server';
import { screenWidth } from '../../test/setup';
import { EntriesPage } from './pages/EntriesPage';

const entry = (id: string, note: string, over = {}) => ({
  id, member_id: 'm1', client_name: 'Acme', project_id: 'p1', project_code: 'ACM-001', project_name: 'Website', task_id: null, task_name: '', service_id: null, service_name: '', day: '2026-03-02',
  zone: 'Europe/Berlin', seconds: 3600, billed_seconds: 3600, billable: true, note, state: 'draft', flags: [], no_rate: false, editable: true, created_at: '', updated_at: '', version: 1, amount: { amount: '95.00', currency: 'EUR' }, ...over,
});
const answer = (over: Partial<TimeBulkView>): TimeBulkView => ({ id: '', found: 2, changed: 1, unchanged: 0, refused: [{ why: 'billed', entries: 1 }], before: [{ amount: '95.00', currency: 'EUR' }], after: [], stopped: '', seen: 'abc', undo_until: null, ...over });

let asked: TimeBulk[] = [];
let applied: TimeBulk[] = [];
let undone: string[] = [];

beforeEach(() => {
  asked = [];
  applied = [];
  undone = [];
  server.use(
    http.get('*/api/v1/time-entries', () => HttpResponse.json(pageOf([entry('e1', 'Header'), entry('e2', 'Footer', { state: 'billed', editable: false })]))),
    http.get('*/api/v1/time-entries/summary', () => HttpResponse.json({ total: { entries: 2, seconds: 7200, billable_seconds: 7200, billed_seconds: 7200 }, groups: [] })),
    http.get('*/api/v1/time-entries/bulk', () => HttpResponse.json({ id: '', entries: 0, changed_at: null, undo_until: null })),
    http.post('*/api/v1/time-entries/bulk/preview', async ({ request }) => { asked.push((await request.json()) as TimeBulk); return HttpResponse.json(answer({})); }),
    http.post('*/api/v1/time-entries/bulk', async ({ request }) => { applied.push((await request.json()) as TimeBulk); return HttpResponse.json(answer({ id: 'b1' })); }),
    http.post('*/api/v1/time-entries/bulk/b1/undo', () => { undone.push('b1'); return HttpResponse.json(answer({ refused: [] })); }),
    http.get('*/api/v1/projects', () => HttpResponse.json(pageOf([]))),
    http.get('*/api/v1/services', () => HttpResponse.json(pageOf([]))),
    http.get('*/api/v1/members', () => HttpResponse.json(pageOf([]))),
  );
});

const open = (at = '/time/entries') => renderApp(<EntriesPage />, { at, path: '/time/entries' });

it('shows what a change of many does before it is made, and takes it back', async () => {
  const { user } = open();
  expect(await screen.findByText('2:00 in 2 entries')).toBeVisible();
  await user.click((await screen.findAllByLabelText(/^Select Website, /))[0] as HTMLElement);
  await user.click(screen.getByText('Change one entry'));
  const dialog = await screen.findByRole('dialog', { name: 'Change several entries' });
  expect(within(dialog).getByText('Nothing changes')).toBeDisabled();
  expect(asked).toEqual([]);
  await user.type(within(dialog).getByLabelText('Move by days'), '-7');
  const told = await within(dialog).findByText('One entry changes.');
  expect(told).toBeVisible();
  expect(within(dialog).getByText('1 on an invoice')).toBeVisible();
  expect(within(dialog).getByText(/Worth: €?95.00.* before, nothing after/)).toBeVisible();
  expect(asked.at(-1)).toEqual({ entry_ids: ['e1'], change: { move_days: -7 } });
  await user.click(within(dialog).getByText('Change one entry'));
  await waitFor(() => expect(applied).toEqual([{ entry_ids: ['e1'], change: { move_days: -7 }, seen: 'abc' }]));
  await user.click(await screen.findByText('Undo'));
  await waitFor(() => expect(undone).toEqual(['b1']));
});

it('changes all that fit, and says at the field what is refused', async () => {
  server.use(http.post('*/api/v1/time-entries/bulk', () => HttpResponse.json(problem(422, 'timesheets.bad_note', 'The note is too long.', [{ location: 'body.change.note', message: 'must not have more than 2000 letters' }]), { status: 422 })));
  const { user } = open('/time/entries?state=draft&from=2026-03-01');
  await user.click(await screen.findByText('Change all 2 that fit'));
  const dialog = await screen.findByRole('dialog');
  await user.click(within(dialog).getByLabelText('Replace the note'));
  await user.type(within(dialog).getByLabelText('Note'), 'Research');
  await within(dialog).findByText('One entry changes.');
  await waitFor(() => expect(asked.at(-1)).toEqual({ filter: { states: ['draft'], from: '2026-03-01' }, change: { note: 'Research' } }));
  await user.click(within(dialog).getByText('Change one entry'));
  expect(await within(dialog).findByText('must not have more than 2000 letters')).toBeVisible();
});

it('offers to undo the latest change on a phone as well', async () => {
  screenWidth.px = 390;
  server.use(http.get('*/api/v1/time-entries/bulk', () => HttpResponse.json({ id: 'b1', entries: 3, changed_at: '2026-03-02T08:00:00Z', undo_until: '2026-03-02T09:00:00Z' })));
  const { user } = open();
  await user.click(await screen.findByRole('button', { name: 'Undo the change of 3 entries' }));
  expect(await screen.findByText('One entry is as it was')).toBeVisible();
});
