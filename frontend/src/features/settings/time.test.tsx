import { screen, waitFor, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { beforeEach, expect, it } from 'vitest';
import { me, meAnswer, pageOf, problem } from '../../test/factories';
import { renderApp, violations } from '../../test/render';
import { server } from '../../test/server';
import { TimePage } from './pages/TimePage';
import { billed } from './timeRules';

let settings: Record<string, unknown> = {};
let sent: { match: string | null; body: Record<string, unknown> }[] = [];

beforeEach(() => {
  settings = { overlap: 'warn', approval_route: 'anyone', own_exception: true, members_set_billable: true, holidays: 'lower', forgotten_hours: 10, rounding: { mode: 'up', step_seconds: 900, minimum_seconds: 0, scope: 'entry' }, locked_through: '2026-03-31', locked_by: 'm2', locked_at: '2026-04-02T10:00:00Z', closed_itself: false, entity_locks: [{ entity_id: 'e2', through: '2026-04-30', locked_by: 'm2', locked_at: '2026-05-02T10:00:00Z', closed_itself: false }], entity_graces: [], period: { every: 'week', next: null }, grace: { on: false, days: 5, every: 'month' }, version: 4 };
  sent = [];
  server.use(
    http.get('*/api/v1/members', () => HttpResponse.json(pageOf([{ id: 'm2', name: 'Olive Owner', kind: 'staff', state: 'active' }]))),
    http.get('*/api/v1/time-settings/opening', ({ request }) => HttpResponse.json({
      from: '2026-03-01', to: '2026-03-31', entries: 12, seconds: 36_000, approved_weeks: 2, billed_entries: 3, invoice_ids: [new URL(request.url).searchParams.get('through') ?? ''],
    })),
    http.get('*/api/v1/time-reminders', () => HttpResponse.json({ missing: false, unsubmitted: false, weekday: 'monday', time: '09:00', zone: 'agency', version: 2 })),
    http.get('*/api/v1/legal-entities', () => HttpResponse.json(pageOf([{ id: 'e1', name: 'Acme GmbH', archived_at: null }, { id: 'e2', name: 'Acme Ltd', archived_at: null }]))),
    http.get('*/api/v1/approval-routes', () => HttpResponse.json(pageOf([]))),
    http.get('*/api/v1/projects', () => HttpResponse.json(pageOf([]))),
    http.get('*/api/v1/time-settings', () => HttpResponse.json(settings)),
    http.patch('*/api/v1/time-settings', async ({ request }) => {
      const body = (await request.json()) as Record<string, unknown>;
      sent.push({ match: request.headers.get('If-Match'), body });
      if (body.locked_through === '2026-02-28' && !body.reason) return HttpResponse.json(problem(422, 'timesheets.no_reason', 'Say why.', [{ location: 'body.reason', message: 'is required' }]), { status: 422 });
      settings = { ...settings, ...body, period: settings.period, version: 5 };
      return HttpResponse.json(settings);
    }),
  );
});

it('shows what a rounding rule means while it is chosen, and saves it with its version', async () => {
  const { user } = renderApp(<TimePage />);
  expect(await screen.findByText('Three entries of 7 minutes on one day are billed as 0:45.')).toBeVisible();
  await user.click(screen.getByRole('combobox', { name: 'For each' }));
  await user.click(await screen.findByRole('option', { name: 'Person, project and day' }));
  expect(screen.getByText('Three entries of 7 minutes on one day are billed as 0:30.')).toBeVisible();
  await user.click(screen.getByRole('combobox', { name: 'For each' }));
  await user.click(await screen.findByRole('option', { name: 'Task on an invoice' }));
  expect(screen.getByText(/^All time of a task that an invoice bills is added up and rounded once/)).toBeVisible();
  expect(await violations()).toEqual([]);
  await user.click(screen.getByRole('button', { name: 'Save' }));
  expect(await screen.findByText('Rules for time saved')).toBeVisible();
  expect(sent).toEqual([{ match: '"4"', body: { overlap: 'warn', approval_route: 'anyone', own_exception: true, members_set_billable: true, holidays: 'lower', forgotten_hours: 10, rounding: { mode: 'up', step_seconds: 900, minimum_seconds: 0, scope: 'task' }, grace: { on: false, days: 5, every: 'month' } } }]);
});

it('says who closed time, and lets periods close by themselves', async () => {
  const { user } = renderApp(<TimePage />);
  expect(await screen.findByText(/^Closed by Olive Owner on .*2026/)).toBeVisible();
  await user.click(screen.getByRole('switch', { name: /Close each period/ }));
  const days = await screen.findByRole('textbox', { name: /Days after its end/ });
  await user.clear(days);
  await user.type(days, '91');
  await user.click(screen.getByRole('button', { name: 'Save' }));
  expect(await screen.findByText('From 0 to 90 days')).toBeVisible();
  await user.clear(days);
  await user.type(days, '3');
  await user.click(screen.getByRole('button', { name: 'Save' }));
  await waitFor(() => expect(sent.at(-1)?.body).toMatchObject({ grace: { on: true, days: 3, every: 'month' } }));
});

it('lets people hand in months, and a legal entity close by itself', async () => {
  const { user } = renderApp(<TimePage />);
  await user.click(await screen.findByRole('combobox', { name: 'People hand in their time by the' }));
  await user.click(await screen.findByRole('option', { name: 'Month' }));
  await user.type(await screen.findByLabelText('From'), '2026-12-01');
  await user.click(await screen.findByRole('switch', { name: /periods of Acme Ltd/ }));
  const days = await screen.findByRole('textbox', { name: /Days after the end, Acme Ltd/ });
  await user.clear(days);
  await user.type(days, '3');
  expect(await violations()).toEqual([]);
  await user.click(screen.getByRole('button', { name: 'Save' }));
  await waitFor(() => expect(sent.at(-1)?.body).toMatchObject({
    period: { every: 'month', from: '2026-12-01' },
    entity_graces: [{ entity_id: 'e1', grace: { on: false } }, { entity_id: 'e2', grace: { on: true, every: 'month', days: 3 } }],
  }));
});

it('says what people hand in later, and takes it back', async () => {
  settings.period = { every: 'week', next: { every: 'month', from: '2026-12-01' } };
  const { user } = renderApp(<TimePage />);
  expect(await screen.findByText('By months from 1 Dec 2026.')).toBeVisible();
  await user.click(screen.getByRole('combobox', { name: 'People hand in their time by the' }));
  await user.click(await screen.findByRole('option', { name: 'Week' }));
  await user.click(screen.getByRole('button', { name: 'Save' }));
  await waitFor(() => expect(sent.at(-1)?.body).toMatchObject({ period: { every: 'week' } }));
});

it('reminds people on a weekday and at a time of day', async () => {
  const puts: unknown[] = [];
  server.use(http.put('*/api/v1/time-reminders', async ({ request }) => {
    const body = (await request.json()) as Record<string, unknown>;
    puts.push({ match: request.headers.get('If-Match'), body });
    return HttpResponse.json({ ...body, version: 3 });
  }));
  const { user } = renderApp(<TimePage />);
  await user.click(await screen.findByRole('switch', { name: /hours that are missing/ }));
  const at = await screen.findByLabelText(/^At( \*)?$/);
  await user.clear(at);
  await user.type(at, '16:30');
  expect(await violations()).toEqual([]);
  await user.click(screen.getByRole('button', { name: 'Save reminders' }));
  expect(await screen.findByText('Reminders saved')).toBeVisible();
  expect(puts).toEqual([{ match: '"2"', body: { missing: true, unsubmitted: false, weekday: 'monday', time: '16:30', zone: 'agency' } }]);
});

it('refuses a step of no minutes at its field', async () => {
  const { user } = renderApp(<TimePage />);
  const step = await screen.findByRole('textbox', { name: /^Step/ });
  await user.clear(step);
  await user.type(step, '0');
  await user.click(screen.getByRole('button', { name: 'Save' }));
  expect(await screen.findByText('From 1 to 1440 minutes')).toBeVisible();
  expect(sent).toEqual([]);
});

it('closes a later day without a reason, and opens one only with it', async () => {
  const { user } = renderApp(<TimePage />);
  expect(await screen.findByText(/Closed up to and including .*31/)).toBeVisible();
  await user.click(screen.getByRole('button', { name: 'Change the day' }));
  const dialog = await screen.findByRole('dialog', { name: 'Close a period' });
  const day = within(dialog).getByLabelText(/Closed through/);
  expect(within(dialog).queryByLabelText(/Why/)).toBeNull();
  await user.clear(day);
  await user.type(day, '2026-02-28');
  expect(await within(dialog).findByText(/there are 12 entries with 10:00/)).toBeVisible();
  expect(within(dialog).getByText('2 timesheets of it are approved.')).toBeVisible();
  expect(within(dialog).getByRole('link', { name: 'Invoice 1' })).toHaveAttribute('href', '/invoices/2026-02-28');
  await user.click(within(dialog).getByRole('button', { name: 'Open again' }));
  expect(await within(dialog).findByText('is required')).toBeVisible();
  await user.type(within(dialog).getByLabelText(/Why/), 'March was booked on the wrong project');
  await user.click(within(dialog).getByRole('button', { name: 'Open again' }));
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  expect(sent.at(-1)).toEqual({ match: '"4"', body: { locked_through: '2026-02-28', reason: 'March was booked on the wrong project' } });
});

it('closes the time of one legal entity', async () => {
  const { user } = renderApp(<TimePage />);
  expect(await screen.findByText(/^Acme Ltd: closed up to and including 30 Apr 2026/)).toBeVisible();
  await user.click(screen.getByRole('button', { name: 'Change the day' }));
  const dialog = await screen.findByRole('dialog', { name: 'Close a period' });
  await user.click(await within(dialog).findByRole('combobox', { name: 'Whose time' }));
  await user.click(await screen.findByRole('option', { name: 'Acme Ltd' }));
  const day = within(dialog).getByLabelText(/Closed through/);
  await user.clear(day);
  await user.type(day, '2026-05-31');
  await user.click(within(dialog).getByRole('button', { name: 'Close the period' }));
  await waitFor(() => expect(sent.at(-1)?.body).toEqual({ entity_locks: [{ entity_id: 'e2', through: '2026-05-31' }] }));
});

it('lets those look who may not change', async () => {
  server.use(http.get('*/api/v1/me', () => HttpResponse.json(meAnswer(me({ role: 'member', permissions: ['agency.settings.read'] })))));
  renderApp(<TimePage />);
  expect(await screen.findByRole('combobox', { name: 'Round' })).toHaveAttribute('aria-disabled', 'true');
  expect(screen.queryByRole('button', { name: 'Change the day' })).toBeNull();
});

it('counts the example as the server does', () => {
  const rule = { mode: 'nearest', step_seconds: 900, minimum_seconds: 1800, scope: 'entry' } as const;
  expect(billed([420], rule)).toBe(1800);
  expect(billed([450], { ...rule, minimum_seconds: 0 })).toBe(900);
  expect(billed([449], { ...rule, minimum_seconds: 0 })).toBe(0);
  expect(billed([420, 420], { ...rule, mode: 'none' })).toBe(840);
  expect(billed([420, 420, 420], { ...rule, mode: 'up', minimum_seconds: 0, scope: 'task' })).toBe(1800);
  expect(billed([420, 420, 420], { ...rule, mode: 'up', minimum_seconds: 0, scope: 'invoice' })).toBe(1800);
});
