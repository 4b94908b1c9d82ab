import { screen, waitFor, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { beforeEach, expect, it } from 'vitest';
import type { TimesheetLine } from '../../shared/api/gen/time.gen';
import { addDays } from '../../shared/lib/dates';
import { pageOf, problem } from '../../test/factories';
import { renderApp, violations } from '../../test/render';
import { server } from '../../test/server';
import { ApprovalsPage } from './pages/ApprovalsPage';

const week = '2026-03-02';
const line = (id: string, member: string, over: Partial<TimesheetLine> = {}): TimesheetLine => ({
  id, member_id: member, week, from: week, until: addDays(week, 6), state: 'submitted', submitted_at: null, decided_at: null, decided_by: null, reason: '', exception_reason: '', version: 7,
  seconds: 136_800, billable_seconds: 100_000, billed_seconds: 100_000, expected_seconds: 144_000, filled_seconds: 0, own: false, no_rate: 0, amounts: [{ amount: '3610.00', currency: 'EUR' }],
  per_day: Array.from({ length: 7 }, (_, i) => ({ day: addDays(week, i), seconds: 0, expected: 0, filled: 0, missing: 0 })), ...over,
});
let waiting: TimesheetLine[] = [];
let refused = '';
let undone: string[] = [];
const decideless = ({ params }: { params: Record<string, unknown> }) => {
  undone.push(String(params.id));
  return HttpResponse.json(line(String(params.id), 'm1'));
};
let calls: { url: string; match: string | null; body: unknown }[] = [];

beforeEach(() => {
  waiting = [line('s1', 'm1'), line('s2', 'm2')];
  calls = [];
  refused = '';
  undone = [];
  const decide = async ({ request }: { request: Request }) => {
    const url = new URL(request.url).pathname;
    calls.push({ url, match: request.headers.get('If-Match'), body: await request.json() });
    const id = url.split('/')[4];
    waiting = waiting.filter((s) => s.id !== id);
    return HttpResponse.json({ ...line(id ?? '', 'm1'), state: 'approved' });
  };
  server.use(
    http.get('*/api/v1/approvals', () => HttpResponse.json(pageOf(waiting))),
    http.get('*/api/v1/members', () => HttpResponse.json(pageOf([{ id: 'm1', name: 'Mia Member' }, { id: 'm2', name: 'Tom Tester' }]))),
    http.post('*/api/v1/approvals/decide', async ({ request }) => {
      const body = (await request.json()) as { items: { id: string }[] };
      calls.push({ url: '/api/v1/approvals/decide', match: null, body });
      waiting = waiting.filter((s) => !body.items.some((i) => i.id === s.id) || s.id === refused);
      const items = body.items.map((i) => (i.id === refused ? { id: i.id, timesheet: null, problem: { status: 412, code: 'timesheets.sheet_stale', detail: 'Tue 3 March, Support: now 2:00' } } : { id: i.id, timesheet: line(i.id, 'm1'), problem: null }));
      return HttpResponse.json({ done: items.filter((i) => i.timesheet).length, failed: items.filter((i) => i.problem).length, items });
    }),
    http.post('*/api/v1/timesheets/:id/decide', decide),
    http.post('*/api/v1/timesheets/:id/undo', decideless),
    http.post('*/api/v1/timesheets/:id/approve', decide),
    http.post('*/api/v1/timesheets/:id/reject', decide),
    http.get('*/api/v1/timesheets/:id', () => HttpResponse.json({ timesheet: line('s1', 'm1'), entries: [], waiting: [], decisions: [], yours: [] })),
  );
});

it('opens the week that a link names', async () => {
  renderApp(<ApprovalsPage />, { at: '/?open=s2' });
  expect(await screen.findByRole('button', { name: /Hide the lines of Tom Tester/ })).toBeVisible();
  expect(screen.getByRole('button', { name: /Show the lines of Mia Member/ })).toBeVisible();
});

it('shows what was worked beside what is billed', async () => {
  waiting = [line('s1', 'm1', { billable_seconds: 36_000, billed_seconds: 37_800 })];
  const entry = { id: 'e1', day: week, project_name: 'Website', task_name: '', note: '', state: 'submitted', billable: true, seconds: 420, billed_seconds: 900, started_at: null, ended_at: null, zone: 'UTC' };
  server.use(http.get('*/api/v1/timesheets/:id', () => HttpResponse.json({ timesheet: waiting[0], entries: [entry], waiting: [], decisions: [], yours: [] })));
  renderApp(<ApprovalsPage />, { at: '/?open=s1' });
  expect(await screen.findByText('10:00 billable, billed 10:30')).toBeVisible();
  expect(await screen.findByText('billed 0:15')).toBeVisible();
});

it('approves the version that was seen', async () => {
  const { user } = renderApp(<ApprovalsPage />);
  await user.click(await screen.findByRole('button', { name: /^Approve Mia Member/ }));
  expect(await screen.findByText('Timesheet approved')).toBeVisible();
  expect(calls).toEqual([{ url: '/api/v1/timesheets/s1/approve', match: '"7"', body: {} }]);
  await waitFor(() => expect(screen.queryByRole('checkbox', { name: /Mia Member/ })).toBeNull());
});

it('approves many at once', async () => {
  const { user } = renderApp(<ApprovalsPage />);
  await user.click(await screen.findByRole('checkbox', { name: /Mia Member/ }));
  await user.click(screen.getByRole('checkbox', { name: /Tom Tester/ }));
  await user.click(screen.getByRole('button', { name: 'Approve 2 timesheets' }));
  expect(await screen.findByText('2 timesheets approved')).toBeVisible();
  expect(calls).toEqual([{ url: '/api/v1/approvals/decide', match: null, body: { decision: 'approve', items: [{ id: 's1', version: 7 }, { id: 's2', version: 7 }] } }]);
  expect(await screen.findByText('Nothing to approve')).toBeVisible();
});

it('says which of many was refused and why, and takes the others back', async () => {
  refused = 's2';
  const { user } = renderApp(<ApprovalsPage />);
  await user.click(await screen.findByRole('checkbox', { name: /Mia Member/ }));
  await user.click(screen.getByRole('button', { name: 'Select all' }));
  await user.click(screen.getByRole('button', { name: 'Approve 2 timesheets' }));
  expect(await screen.findByText('1 approved, 1 not: Tue 3 March, Support: now 2:00')).toBeVisible();
  await user.click(screen.getByRole('button', { name: 'Undo' }));
  await waitFor(() => expect(undone).toEqual(['s1']));
});

it('approves some lines of a week, and shows whom the others wait for', async () => {
  const entry = (id: string, project: string) => ({ id, day: week, project_name: project, task_name: '', note: '', state: 'submitted', billable: true, seconds: 420, billed_seconds: 420, started_at: null, ended_at: null, zone: 'UTC' });
  server.use(http.get('*/api/v1/timesheets/:id', () => HttpResponse.json({
    timesheet: waiting[0], entries: [entry('e1', 'Website'), entry('e2', 'Support')], yours: ['e1'],
    waiting: [{ step: 'lead', member_id: 'm2', lines: 1 }], decisions: [{ decided_by: 'm2', in_place_of: 'm1', decision: 'approved', reason: '', lines: 1, decided_at: '2026-03-10T09:00:00Z' }],
  })));
  const { user } = renderApp(<ApprovalsPage />, { at: '/?open=s1' });
  expect(await screen.findByText('Waits for Tom Tester, project lead: 1')).toBeVisible();
  expect(screen.getByText(/^Tom Tester approved 1 line, .*in place of Mia Member/)).toBeVisible();
  await user.click(screen.getByRole('checkbox', { name: /Website/ }));
  await user.click(screen.getByRole('checkbox', { name: /Support/ }));
  expect(screen.getByRole('button', { name: 'Send back 2 lines' })).toBeVisible();
  expect(await violations()).toEqual([]);
  await user.click(screen.getByRole('button', { name: 'Approve 1 line' }));
  await waitFor(() => expect(calls).toEqual([{ url: '/api/v1/timesheets/s1/decide', match: '"7"', body: { approve: ['e1'] } }]));
});

it('names a stand-in, with refusals at their fields', async () => {
  server.use(
    http.get('*/api/v1/stand-ins', () => HttpResponse.json(pageOf([]))),
    http.post('*/api/v1/stand-ins', () => HttpResponse.json(problem(422, 'timesheets.bad_stand_in', 'No.', [{ location: 'body.last_day', message: 'is over' }]), { status: 422 })),
  );
  const { user } = renderApp(<ApprovalsPage />);
  await user.click(await screen.findByRole('button', { name: 'Stand-ins' }));
  const dialog = await screen.findByRole('dialog', { name: 'Stand-ins' });
  await user.click(within(dialog).getByRole('button', { name: 'Add' }));
  expect(await within(dialog).findByText('Please fill this in')).toBeVisible();
  expect(await violations()).toEqual([]);
});

it('sends back with a reason', async () => {
  const { user } = renderApp(<ApprovalsPage />);
  await user.click(await screen.findByRole('button', { name: /^Send back Tom Tester/ }));
  const dialog = await screen.findByRole('dialog', { name: 'Send back to Tom Tester' });
  await user.type(within(dialog).getByRole('textbox'), 'Friday is missing');
  await user.click(within(dialog).getByRole('button', { name: 'Send back' }));
  await waitFor(() => expect(calls).toHaveLength(1));
  expect(calls[0]).toMatchObject({ url: '/api/v1/timesheets/s2/reject', match: '"7"', body: { reason: 'Friday is missing' } });
});

it('is worked by keyboard', async () => {
  const { user } = renderApp(<ApprovalsPage />);
  await screen.findByRole('checkbox', { name: /Tom Tester/ });
  await user.keyboard('jjx');
  expect(screen.getByRole('checkbox', { name: /Tom Tester/ })).toBeChecked();
  await user.keyboard('a');
  await waitFor(() => expect(calls).toHaveLength(1));
  expect(calls[0]?.url).toBe('/api/v1/timesheets/s2/approve');
});

it('asks the only approver why they approve their own', async () => {
  waiting = [line('s1', 'm1', { own: true })];
  server.use(http.post('*/api/v1/timesheets/:id/approve', async ({ request }) => {
    const body = (await request.json()) as { own_reason?: string };
    if (!body.own_reason) return HttpResponse.json(problem(422, 'timesheets.own_sheet_reason', 'Say why.', [{ location: 'body.own_reason', message: 'is required' }]), { status: 422 });
    calls.push({ url: '', match: null, body });
    return HttpResponse.json({ ...line('s1', 'm1'), state: 'approved' });
  }));
  const { user } = renderApp(<ApprovalsPage />);
  await user.click(await screen.findByRole('button', { name: /^Approve Mia/ }));
  const dialog = await screen.findByRole('dialog', { name: 'Approve your own time?' });
  await user.type(within(dialog).getByRole('textbox'), 'Nobody else yet');
  await user.click(within(dialog).getByRole('button', { name: 'Approve' }));
  await waitFor(() => expect(calls[0]?.body).toEqual({ own_reason: 'Nobody else yet' }));
});

it('shows who decided, finds weeks by person and period, and reopens an approved one with a reason', async () => {
  const asked: URLSearchParams[] = [];
  server.use(http.get('*/api/v1/timesheets', ({ request }) => {
    asked.push(new URL(request.url).searchParams);
    return HttpResponse.json(pageOf([line('s9', 'm1', { state: 'approved', decided_at: '2026-03-10T09:00:00Z', decided_by: 'm2' })]));
  }));
  const { user } = renderApp(<ApprovalsPage />);
  await user.click(await screen.findByRole('tab', { name: 'Approved' }));
  expect(await screen.findByText(/^Approved by Tom Tester/)).toBeVisible();
  await user.selectOptions(screen.getByRole('combobox', { name: 'Person' }), 'Mia Member');
  await waitFor(() => expect(Object.fromEntries(asked.at(-1) ?? [])).toMatchObject({ state: 'approved', member_id: 'm1' }));
  expect(await violations()).toEqual([]);
  await user.click(await screen.findByRole('button', { name: /^Reopen Mia Member/ }));
  const dialog = await screen.findByRole('dialog', { name: 'Reopen the time of Mia Member?' });
  await user.type(within(dialog).getByRole('textbox'), 'Thursday belongs to the other project');
  await user.click(within(dialog).getByRole('button', { name: 'Reopen' }));
  expect(await screen.findByText('Timesheet reopened')).toBeVisible();
  expect(calls).toEqual([{ url: '/api/v1/timesheets/s9/reject', match: '"7"', body: { reason: 'Thursday belongs to the other project' } }]);
});

it('shows weeks that were sent back with their reason, and cannot reopen them', async () => {
  server.use(http.get('*/api/v1/timesheets', () => HttpResponse.json(pageOf([line('s8', 'm1', { state: 'rejected', reason: 'Friday is missing', decided_at: '2026-03-10T09:00:00Z', decided_by: 'm2' })]))));
  renderApp(<ApprovalsPage />, { at: '/?tab=rejected' });
  expect(await screen.findByText('Reason: Friday is missing')).toBeVisible();
  expect(screen.queryByRole('button', { name: /Reopen/ })).toBeNull();
});

it('has no axe violations', async () => {
  renderApp(<ApprovalsPage />);
  await screen.findByRole('checkbox', { name: /Mia Member/ });
  expect(await violations()).toEqual([]);
});
