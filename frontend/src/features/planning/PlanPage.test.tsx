import { screen, waitFor, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { beforeEach, expect, it } from 'vitest';
import type { PersonPlan, PlannedBooking } from '../../shared/api/gen/planning.gen';
import { addDays } from '../../shared/lib/dates';
import { pageOf, problem } from '../../test/factories';
import { renderApp, violations } from '../../test/render';
import { server } from '../../test/server';
import { screenWidth } from '../../test/setup';
import { lanes } from './model';
import { PlanPage } from './pages/PlanPage';

const booking = (over: Partial<PlannedBooking> = {}): PlannedBooking => ({
  id: 'b1', member_id: 'm2', project_id: 'p1', project_code: 'ACM-001', project_name: 'Website', client_name: 'Acme', task_id: null, task_name: '', starts_on: '2026-03-02', ends_on: '2026-03-06', kind: 'per_day', seconds: 21600,
  percent: null, state: 'confirmed', note: '', created_by: null, created_at: '2026-03-01T00:00:00Z', updated_at: '2026-03-01T00:00:00Z', version: 3, days: [{ day: '2026-03-02', seconds: 21600 }], ...over,
});
const mia = (days: number, bookings = [booking()]): PersonPlan => ({
  member_id: 'm2', name: 'Mia Member', bookings,
  days: Array.from({ length: days }, (_, i) => ({ day: addDays('2026-03-02', i), capacity_seconds: 28800, available_seconds: 28800, confirmed_seconds: i === 0 ? 36000 : 0, tentative_seconds: i === 1 ? 30000 : 0, overload: i === 0 ? 'confirmed' : i === 1 ? 'tentative' : 'none' })),
});

let asked: URLSearchParams[] = [];
let sent: { path: string; body: unknown }[] = [];

beforeEach(() => {
  asked = [];
  sent = [];
  server.use(
    http.get('*/api/v1/plan', ({ request }) => {
      asked.push(new URL(request.url).searchParams);
      return HttpResponse.json({ ...pageOf([mia(screenWidth.px < 600 ? 7 : 28)]), from: '2026-03-02', to: '2026-03-29' });
    }),
    http.get('*/api/v1/members', () => HttpResponse.json(pageOf([{ id: 'm2', name: 'Mia Member', email: '', kind: 'staff', role: 'member', state: 'active' }]))),
    http.get('*/api/v1/projects', () => HttpResponse.json(pageOf([{ id: 'p1', code: 'ACM-001', name: 'Website', client_name: 'Acme' }]))),
    http.get('*/api/v1/tasks', () => HttpResponse.json(pageOf([]))),
  );
});

const open = () => renderApp(<PlanPage />, { at: '/plan?week=2026-03-02', path: '/plan' });

it('says in words which days are too much, and books with what is refused at its field', async () => {
  const { user } = open();
  expect(await screen.findByLabelText('Mia Member, 2 Mar 2026: 10:00 of 8:00 booked, 2:00 too much')).toHaveTextContent('10!');
  expect(screen.getByLabelText('Mia Member, 3 Mar 2026: 8:20 of 8:00 booked, too much with what is tentative')).toHaveTextContent('8.3?');
  expect(asked[0]?.get('from')).toBe('2026-03-02');
  expect(asked[0]?.get('to')).toBe('2026-03-29');
  expect(await violations()).toEqual([]);
  server.use(http.post('*/api/v1/bookings', async ({ request }) => {
    sent.push({ path: 'create', body: await request.json() });
    return sent.length === 1
      ? HttpResponse.json(problem(422, 'planning.no_capacity', 'Nothing would be booked.', [{ location: 'body.ends_on', message: 'has no working day before it' }]), { status: 422 })
      : HttpResponse.json(booking(), { status: 201 });
  }));
  const monday = screen.getByLabelText(/^Mia Member, 2 Mar 2026/);
  monday.focus();
  await user.keyboard('{ArrowRight}');
  expect(screen.getByLabelText(/^Mia Member, 3 Mar 2026/)).toHaveFocus();
  await user.keyboard('{Home}{Enter}');
  const dialog = await screen.findByRole('dialog', { name: 'New booking' });
  await user.click(within(dialog).getByRole('button', { name: 'Book' }));
  expect(await within(dialog).findByText('Choose a project')).toBeVisible();
  await user.click(within(dialog).getByRole('combobox', { name: /Project/ }));
  await user.click(await screen.findByRole('option', { name: 'ACM-001 Website' }));
  await user.click(within(dialog).getByRole('button', { name: 'Book' }));
  expect(await within(dialog).findByText('has no working day before it')).toBeVisible();
  expect(await violations()).toEqual([]);
  await user.click(within(dialog).getByRole('button', { name: 'Book' }));
  expect(await screen.findByText('Booked')).toBeVisible();
  expect(sent[1]?.body).toMatchObject({ member_id: 'm2', project_id: 'p1', kind: 'per_day', seconds: 28800, state: 'confirmed' });
});

it('takes a booking off the plan, and brings it back', async () => {
  server.use(
    http.delete('*/api/v1/bookings/b1', () => { sent.push({ path: 'remove', body: null }); return new HttpResponse(null, { status: 204 }); }),
    http.post('*/api/v1/bookings/b1/restore', () => { sent.push({ path: 'restore', body: null }); return HttpResponse.json(booking()); }),
  );
  const { user } = open();
  await user.click(await screen.findByLabelText(/^Website, 2\s–\s6 Mar 2026, 6:00 a day$/));
  await user.click(within(await screen.findByRole('dialog', { name: 'Booking' })).getByText('Remove'));
  await user.click(await screen.findByText('Undo'));
  await waitFor(() => expect(sent.map((s) => s.path)).toEqual(['remove', 'restore']));
});

it('is one week of one person on a phone', async () => {
  screenWidth.px = 390;
  open();
  expect(await screen.findByText(/10:00 of 8:00 · 2:00 too much/)).toBeVisible();
  expect(asked[0]?.get('to')).toBe('2026-03-08');
  expect(asked[0]?.get('member_id')).not.toBe('');
  expect(await violations()).toEqual([]);
});

it('says whose week has no bookings where it shows one person', async () => {
  screenWidth.px = 390;
  server.use(http.get('*/api/v1/plan', () => HttpResponse.json({ ...pageOf([mia(7, [])]), from: '2026-03-02', to: '2026-03-08' })));
  renderApp(<PlanPage />, { at: '/plan?week=2026-03-02&person=m2', path: '/plan' });
  expect(await screen.findByText('Mia Member is not booked in this week.')).toBeVisible();
  expect(screen.queryByText(/Nobody is booked/)).toBeNull();
});

it('tells who is free in the weeks to come, and leads to their plan', async () => {
  const week = (from: string, free: number, held = 0) => ({ from, to: addDays(from, 6), available_seconds: 144_000, free_seconds: free, held_seconds: held });
  server.use(http.get('*/api/v1/plan/bench', ({ request }) => {
    asked.push(new URL(request.url).searchParams);
    return HttpResponse.json(pageOf([{ member_id: 'm2', name: 'Mia Member', weeks: [week('2026-03-02', 14_400, 7200), week('2026-03-09', 0), week('2026-03-16', 0), week('2026-03-23', 144_000)], sum: { ...week('2026-03-02', 158_400), to: '2026-03-29' } }]));
  }));
  renderApp(<PlanPage />, { at: '/plan?week=2026-03-02&tab=bench', path: '/plan' });
  const cell = await screen.findByLabelText(/^Mia Member, 2\s–\s8 Mar 2026: 4:00 of 40:00 free, 2:00 more without what is tentative$/);
  expect(cell).toHaveTextContent('4:00 +2:00?');
  expect(cell).toHaveAttribute('href', '/plan?week=2026-03-02&person=m2');
  expect(screen.getByText('44:00')).toBeVisible();
  expect(asked.map((q) => q.get('weeks'))).toEqual(['4']); // and the plan itself is not asked for
  expect(await violations()).toEqual([]);
});

it('puts bookings that meet into lanes of their own', () => {
  const days = Array.from({ length: 7 }, (_, i) => addDays('2026-03-02', i));
  const at = lanes([booking({ starts_on: '2026-02-20', ends_on: '2026-03-03' }), booking({ starts_on: '2026-03-03', ends_on: '2026-03-04' }), booking({ starts_on: '2026-03-05', ends_on: '2026-04-01' })], days).map((l) => [l.from, l.to, l.lane]);
  expect(at).toEqual([[0, 1, 0], [1, 2, 1], [3, 6, 0]]);
});
