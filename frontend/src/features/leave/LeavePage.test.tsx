import { screen, waitFor, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { beforeEach, expect, it } from 'vitest';
import type { LeaveBalanceView, LeaveTypeView, LeaveView } from '../../shared/api/gen/leave.gen';
import { addDays, today } from '../../shared/lib/dates';
import { pageOf, problem } from '../../test/factories';
import { renderApp, violations } from '../../test/render';
import { server } from '../../test/server';
import { firstFree } from './model';
import { LeavePage } from './pages/LeavePage';

const vacation: LeaveTypeView = { id: 'k1', name: 'Vacation', paid: true, unit: 'days', approval: true, accrual: 'year', allowance: 25, year_start: 1, starts_on: '2026-01-01', carry_cap: 5, carry_months: 3, overdraw: false, archived: false, version: 1 };
const balance: LeaveBalanceView = { type: vacation, balance: 20.5, planned: 3, requested: 0, at_end: 17.5, year_ends: '2026-12-31', taken: 4.5, granted: 25 };
const leave = (over: Partial<LeaveView> = {}): LeaveView => ({
  id: 'l1', member_id: 'm2', type_id: 'k1', first_day: '2099-03-09', last_day: '2099-03-11', half_first: false, half_last: false, seconds: 0, note: 'Skiing', state: 'requested', days: [], takes: 3,
  decided_by: null, decided_at: null, reason: '', exception_reason: '', version: 1, ...over,
});

let sent: unknown[] = [];

beforeEach(() => {
  sent = [];
  server.use(
    http.get('*/api/v1/leave-types', () => HttpResponse.json(pageOf([vacation]))),
    http.get('*/api/v1/leave-balances', () => HttpResponse.json(pageOf([balance]))),
    http.get('*/api/v1/leave', () => HttpResponse.json(pageOf([leave()]))),
    http.get('*/api/v1/members', () => HttpResponse.json(pageOf([{ id: 'm2', name: 'Mia', email: '', kind: 'staff', role: 'member', state: 'active' }]))),
    http.post('*/api/v1/leave/quote', () => HttpResponse.json({ days: [], takes: 3, unit: 'days', counts: true, before: 20.5, after: 17.5, short: false })),
  );
});

it('says what is left, and asks for leave with its cost beside it', async () => {
  server.use(http.post('*/api/v1/leave', async ({ request }) => {
    sent.push(await request.json());
    return sent.length === 1
      ? HttpResponse.json(problem(409, 'people.leave_overlap', 'There is leave on some of these days already.', [{ location: 'body.first_day', message: 'meets leave that is there already' }]), { status: 409 })
      : HttpResponse.json(leave(), { status: 201 });
  }));
  const { user } = renderApp(<LeavePage />);
  expect(await screen.findByText('20.5 days')).toBeVisible();
  expect(screen.getByText('17.5 days on 31 Dec 2026, with what is planned')).toBeVisible();
  expect(await violations()).toEqual([]);
  await user.click(screen.getByRole('button', { name: 'Ask for leave' }));
  const dialog = await screen.findByRole('dialog');
  expect(await within(dialog).findByText('Takes 3 days and leaves 17.5 days.')).toBeVisible();
  await user.click(within(dialog).getByRole('button', { name: 'Ask' }));
  expect(await within(dialog).findByText('meets leave that is there already')).toBeVisible();
  await user.click(within(dialog).getByRole('button', { name: 'Ask' }));
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  expect(sent[1]).toMatchObject({ type_id: 'k1' });
});

it('proposes the first day that can be taken, and blames nobody for days they did not choose', async () => {
  const tomorrow = addDays(today(), 1);
  const days: unknown[] = [];
  server.use(
    http.get('*/api/v1/leave', () => HttpResponse.json(pageOf([leave({ first_day: today(), last_day: addDays(tomorrow, 3), state: 'approved' }), leave({ id: 'l2', first_day: tomorrow, last_day: addDays(tomorrow, 9), state: 'rejected' })]))),
    http.post('*/api/v1/leave/quote', async ({ request }) => {
      days.push(((await request.json()) as { first_day: string }).first_day);
      return HttpResponse.json(problem(422, 'people.leave_no_work', 'Nobody expects work on these days: they are free anyway.'), { status: 422 });
    }),
  );
  const { user } = renderApp(<LeavePage />, { at: '/?ask=1' });
  const dialog = await screen.findByRole('dialog');
  expect(await within(dialog).findByText('Choose the days.')).toBeVisible();
  expect(days).toEqual([firstFree([], addDays(tomorrow, 4))]);
  await user.clear(within(dialog).getByLabelText(/^Last day/));
  await user.type(within(dialog).getByLabelText(/^Last day/), '2099-03-09');
  expect(await within(dialog).findByText('Nobody expects work on these days: they are free anyway.')).toBeVisible();
});

it('offers no weekend', () => {
  expect(firstFree([], '2026-11-27')).toBe('2026-11-27');
  expect(firstFree([leave({ first_day: '2026-11-26', last_day: '2026-11-27' })], '2026-11-27')).toBe('2026-11-30');
});

it('shows who is away, and lets those who approve decide', async () => {
  server.use(
    http.get('*/api/v1/leave-calendar', () => HttpResponse.json({ members: ['m2'], away: [leave({ first_day: '2099-03-09', last_day: '2099-03-10', half_last: true, state: 'approved' })], holidays: [{ day: '2099-03-30', name: 'Easter Monday' }] })),
    http.post('*/api/v1/leave/l1/approve', ({ request }) => {
      sent.push(request.headers.get('If-Match'));
      return HttpResponse.json(leave({ state: 'approved', version: 2 }));
    }),
  );
  const { user } = renderApp(<LeavePage />, { at: '/?tab=team&month=2099-03' });
  expect(await screen.findByLabelText('Mia, 10 Mar 2099: Vacation, half a day')).toBeVisible();
  expect(screen.getByText(/Easter Monday/)).toBeVisible();
  expect(await violations()).toEqual([]);
  await user.click(screen.getByRole('tab', { name: /To decide/ }));
  expect(await screen.findByText(/Skiing/)).toBeVisible();
  await user.click(screen.getByRole('button', { name: 'Approve' }));
  await waitFor(() => expect(sent).toEqual(['"1"']));
});
