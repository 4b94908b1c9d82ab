import { screen, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { expect, it } from 'vitest';
import { meApi } from '../../shared/lib/me';
import { startOfWeek, addDays, today } from '../../shared/lib/dates';
import { pageOf } from '../../test/factories';
import { renderApp, violations } from '../../test/render';
import { server, signInAs } from '../../test/server';
import { StartPage } from './pages/StartPage';

const monday = startOfWeek(today('Europe/Berlin'));
const week = {
  timesheets: [{ from: monday, until: addDays(monday, 6), state: 'draft' }], seconds: 5400, expected: 144_000, filled: 0,
  days: Array.from({ length: 7 }, (_, i) => ({ day: addDays(monday, i), seconds: i === 0 ? 5400 : 0, expected: i < 5 ? 28_800 : 0 })),
};
const gap = { from: addDays(monday, -7), to: addDays(monday, -1), missing: 23_400, closed: 0, due: true, state: 'draft' };
const answers = [
  http.get('*/api/v1/missing-time/mine', () => HttpResponse.json({ missing: 23_400, not_submitted: 1, gaps: [gap, { ...gap, from: monday, missing: 0, due: false }, { ...gap, from: addDays(monday, -14), closed: 23_400, due: false }] })),
  http.get('*/api/v1/timesheets/grid', () => HttpResponse.json(week)),
  http.get('*/api/v1/tasks', () => HttpResponse.json(pageOf([{ id: 't1', name: 'Draw the header', due_on: '2020-01-02', project: { id: 'p1', name: 'Website', code: 'INI-1' }, column_name: 'Doing', priority: 'normal' }]))),
];

function Known() {
  return meApi.endpoints.me.useQuery().data ? <StartPage /> : null;
}

it('shows an owner the week, tasks, approvals, invoices and what to set up', async () => {
  server.use(
    ...answers,
    http.get('*/api/v1/approvals', () => HttpResponse.json(pageOf([{ id: 's1', member_id: 'm2', from: monday, until: addDays(monday, 6), seconds: 144_000, expected_seconds: 144_000, filled_seconds: 0 }]))),
    http.get('*/api/v1/members', () => HttpResponse.json(pageOf([{ id: 'm2', name: 'Ben Osei' }]))),
    http.get('*/api/v1/invoices', () => HttpResponse.json(pageOf([{ id: 'i1', number: '2026-0001', client_name: 'Initech', due_on: '2020-01-01', balance: { amount: '1190.00', currency: 'EUR' }, state: 'issued' }]))),
    http.get('*/api/v1/settings/checklist', () => HttpResponse.json({ hidden: false, sample_loaded: false, sample_state: 'none', steps: [{ key: 'add_client', done: true }, { key: 'track_time', done: false }] })),
  );
  renderApp(<Known />);
  expect(await screen.findByText('1:30', { selector: 'p' })).toBeVisible();
  expect(await screen.findByText(/Overdue since 2 Jan/)).toBeVisible();
  expect(await screen.findByText('Ben Osei')).toBeVisible();
  const todo = within(screen.getByRole('region', { name: 'To complete' })).getAllByRole('link');
  expect(todo).toHaveLength(1);
  expect(todo[0]).toHaveAttribute('href', `/time?date=${gap.from}`);
  expect(todo[0]).toHaveTextContent(/6:30 missing.*Not handed in/);
  const waiting = within(screen.getByRole('region', { name: 'To approve' }));
  expect(waiting.getByRole('link', { name: /Ben Osei/ })).toHaveAttribute('href', '/approvals?open=s1');
  expect(waiting.getAllByText(/40:00/)).toHaveLength(1);
  expect(within(screen.getByRole('region', { name: 'Open invoices' })).getByText('€1,190.00')).toBeVisible();
  expect(screen.getByText('1 of 2 done')).toBeVisible();
  expect(screen.getByRole('button', { name: 'Load sample data' })).toBeVisible();
  expect(await violations()).toEqual([]);
});

it('says that the sample broke off, and asks for it again', async () => {
  let state = 'failed';
  server.use(
    ...answers,
    http.get('*/api/v1/approvals', () => HttpResponse.json(pageOf([]))),
    http.get('*/api/v1/members', () => HttpResponse.json(pageOf([]))),
    http.get('*/api/v1/invoices', () => HttpResponse.json(pageOf([]))),
    http.get('*/api/v1/settings/checklist', () => HttpResponse.json({ hidden: false, sample_loaded: false, sample_state: state, steps: [{ key: 'add_client', done: true }, { key: 'track_time', done: false }] })),
    http.post('*/api/v1/sample-data', () => {
      state = 'loading';
      return HttpResponse.json({ state }, { status: 202 });
    }),
  );
  const { user } = renderApp(<Known />);
  expect(await screen.findByText(/The sample data broke off/)).toBeVisible();
  await user.click(screen.getByRole('button', { name: 'Try again' }));
  expect(await screen.findByText(/Sample data is being loaded/)).toBeVisible();
  expect(screen.queryByRole('button', { name: 'Try again' })).toBeNull();
});

it('asks nothing on behalf of a member that a member may not see', async () => {
  server.use(...answers); // approvals, invoices and the checklist would fail the test
  signInAs({ role: 'member', permissions: ['timesheets.entries.write', 'projects.tasks.read'] });
  renderApp(<Known />);
  expect(await screen.findByText('Draw the header')).toBeVisible();
  expect(screen.queryByText('Open invoices')).toBeNull();
  expect(screen.queryByText('To approve')).toBeNull();
});
