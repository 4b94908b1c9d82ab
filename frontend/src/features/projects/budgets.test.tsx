import { screen, waitFor, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { beforeEach, expect, it } from 'vitest';
import { pageOf, problem } from '../../test/factories';
import { renderApp, violations } from '../../test/render';
import { server } from '../../test/server';
import type { BudgetView, ProjectView } from './api';
import { BudgetTab } from './components/BudgetTab';

const project = {
  id: 'p1', client_id: 'c1', client_name: 'Initech', code: 'INI-001', name: 'Website', state: 'active', manager_id: null, member_ids: [], starts_on: null, due_on: null, columns: [],
  budget: { hours: '40', used_seconds: 122_400, billable_seconds: 122_400, left_seconds: 21_600, percent: 85, level: 75, stopped: false }, version: 3,
} as unknown as ProjectView;
const budget = (over: Partial<BudgetView> = {}): BudgetView => ({
  id: 'b1', project_id: 'p1', task_id: null, task_name: '', phase: false, member_id: null, unit: 'hours', hours: '40', used_seconds: 122_400, left_seconds: 21_600, weekly_seconds: 30_600, percent: 85, level: 75, stopped: false,
  runs_out_on: '2026-03-30', approved_only: false, billable_only: false, alerts: [50, 75, 90, 100], hard_stop: true, reached: [], version: 2, ...over,
});
let budgets: BudgetView[] = [];
let sent: { method: string; url: string; match: string | null; body: unknown }[] = [];

beforeEach(() => {
  budgets = [budget(), budget({ id: 'b2', task_id: 't1', task_name: 'Design', phase: true, hours: '16', used_seconds: 60_000, left_seconds: -2_400, percent: 104, level: 100, stopped: true, runs_out_on: null })];
  sent = [];
  const keep = async ({ request }: { request: Request }) => {
    sent.push({ method: request.method, url: new URL(request.url).pathname, match: request.headers.get('If-Match'), body: request.headers.get('Content-Type') ? await request.json() : null });
    return request.method === 'DELETE' ? new HttpResponse(null, { status: 204 }) : HttpResponse.json(budget(), { status: request.method === 'POST' ? 201 : 200 });
  };
  server.use(
    http.get('*/api/v1/members', () => HttpResponse.json(pageOf([]))),
    http.get('*/api/v1/tasks', () => HttpResponse.json(pageOf([]))),
    http.get('*/api/v1/expenses/summary', () => HttpResponse.json({ count: 0, base: [], gross: [], to_bill: [] })),
    http.get('*/api/v1/projects/p1/margin', () => HttpResponse.json({ cost: { worth: [{ amount: '800.00', currency: 'EUR' }], costs: [{ amount: '290.70', currency: 'EUR' }], margin: { amount: '509.30', currency: 'EUR' }, percent: 64, seconds: 36_000, seconds_without_cost: 3600, loaded_costs: [{ amount: '363.38', currency: 'EUR' }], loaded_margin: { amount: '436.62', currency: 'EUR' }, loaded_percent: 55, posted: [{ amount: '20.00', currency: 'EUR' }] } })),
    http.get('*/api/v1/rate-multipliers', () => HttpResponse.json({ items: [] })),
    http.get('*/api/v1/projects/p1/budgets', () => HttpResponse.json({ items: budgets })),
    http.post('*/api/v1/projects/p1/budgets', keep),
    http.put('*/api/v1/budgets/:id', keep),
    http.delete('*/api/v1/budgets/:id', keep),
  );
});

const open = () => renderApp(<BudgetTab project={project} onOpen={() => undefined} />);

it('shows what is spent, left and over, what it counts and how long it lasts', async () => {
  open();
  expect(await screen.findByText('34:00 h of 40:00 h used, 85 %')).toBeVisible();
  expect(screen.getByText('6:00 h left')).toBeVisible();
  expect(screen.getByText('0:40 h over budget')).toBeVisible();
  expect(screen.getAllByText(/All logged time · alerts at 50, 75, 90, 100 %/)).toHaveLength(2);
  expect(screen.getByText(/8:30 h a week lately · runs out on/)).toBeVisible();
  expect(screen.getByText(/^Phase Design: the budget is used up and has a hard stop/)).toBeVisible();
  expect(await screen.findByText(/509\.30/)).toBeVisible();
  expect(screen.getByText(/1:00 h by people whose cost nobody has said/)).toBeVisible();
  expect(await violations()).toEqual([]);
});

it('agrees on one, and shows at the field what is refused', async () => {
  server.use(http.post('*/api/v1/projects/p1/budgets', () => HttpResponse.json(problem(422, 'projects.invalid', 'Not right.', [{ location: 'body.hours', message: 'must be more than 0' }]), { status: 422 }), { once: true }));
  const { user } = open();
  await user.click(await screen.findByRole('button', { name: 'Add a budget' }));
  const dialog = await screen.findByRole('dialog');
  await user.click(within(dialog).getByRole('button', { name: 'Save' }));
  expect(await within(dialog).findByText('Please fill this in')).toBeVisible();
  await user.type(within(dialog).getByLabelText(/^Hours/), '12.5');
  await user.click(within(dialog).getByRole('switch', { name: 'Hard stop' }));
  await user.click(within(dialog).getByRole('button', { name: 'Save' }));
  expect(await within(dialog).findByText('must be more than 0')).toBeVisible();
  await user.click(within(dialog).getByRole('button', { name: 'Save' }));
  await waitFor(() => expect(sent[0]).toEqual({ method: 'POST', url: '/api/v1/projects/p1/budgets', match: null, body: { unit: 'hours', hours: '12.5', approved_only: false, billable_only: false, alerts: [50, 75, 90, 100], hard_stop: true } }));
});

it('removes one and takes that back', async () => {
  const { user } = open();
  await user.click(await screen.findByRole('button', { name: 'Remove the budget: Phase Design' }));
  await user.click(await screen.findByRole('button', { name: 'Undo' }));
  await waitFor(() => expect(sent.map((s) => s.method)).toEqual(['DELETE', 'POST']));
  expect(sent[1]?.body).toMatchObject({ unit: 'hours', task_id: 't1', hours: '16', hard_stop: true });
});
