import { screen, waitFor } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { beforeEach, expect, it } from 'vitest';
import { pageOf } from '../../test/factories';
import { renderApp, violations } from '../../test/render';
import { screenWidth } from '../../test/setup';
import { server, signInAs } from '../../test/server';
import { TeamPage } from './pages/TeamPage';

const gap = { from: '2026-02-23', to: '2026-03-01', expected: 144_000, filled: 0, logged: 120_600, missing: 23_400, closed: 0, state: 'draft', timesheet_id: null, due: true };
const mia = { member_id: 'm1', name: 'Mia Member', active: true, expected: 144_000, filled: 0, logged: 120_600, missing: 23_400, closed: 0, not_submitted: 1, waiting: 0, gaps: [gap] };
const tom = { ...mia, member_id: 'm2', name: 'Tom Tester', missing: 0, not_submitted: 0, waiting: 1, gaps: [{ ...gap, logged: 144_000, missing: 0, due: false, state: 'submitted', timesheet_id: 's9' }] };
let asked: URLSearchParams[] = [];
let reminded: unknown[] = [];

beforeEach(() => {
  asked = [];
  reminded = [];
  server.use(
    http.get('*/api/v1/members', () => HttpResponse.json(pageOf([{ id: 'm1', name: 'Mia Member', kind: 'staff', state: 'active' }, { id: 'm2', name: 'Tom Tester', kind: 'staff', state: 'active' }]))),
    http.get('*/api/v1/line-managers', () => HttpResponse.json(pageOf([{ member_id: 'm1', manager_id: 'm2' }]))),
    http.get('*/api/v1/missing-time', ({ request }) => {
      asked.push(new URL(request.url).searchParams);
      return HttpResponse.json({ ...pageOf([mia, tom]), periods: [{ from: gap.from, to: gap.to }] });
    }),
    http.post('*/api/v1/missing-time/remind', async ({ request }) => {
      reminded.push(await request.json());
      return HttpResponse.json({ letters: 1 });
    }),
  );
});

it('shows what is missing, opens what waits, and reminds with one click', async () => {
  const { user } = renderApp(<TeamPage />, { at: '/?from=2026-02-23&to=2026-03-01' });
  expect(await screen.findByRole('link', { name: /^Mia Member.*6:30 missing, not handed in/ })).toHaveAttribute('href', '/time/entries?member=m1&from=2026-02-23&to=2026-03-01');
  expect(screen.getByRole('link', { name: /^Tom Tester.*complete, waiting/ })).toHaveAttribute('href', '/approvals?scope=all&open=s9');
  expect(screen.queryByRole('button', { name: 'Remind Tom Tester' })).toBeNull();
  expect(screen.getByRole('link', { name: 'Export as CSV' })).toHaveAttribute('href', '/api/v1/missing-time/export.csv?from=2026-02-23&to=2026-03-01');
  expect(await violations()).toEqual([]);
  await user.click(screen.getByRole('button', { name: 'Remind Mia Member' }));
  expect(await screen.findByText('One mail is on its way')).toBeVisible();
  expect(reminded).toEqual([{ member_ids: ['m1'], from: '2026-02-23', to: '2026-03-01' }]);
  await user.selectOptions(screen.getByRole('combobox', { name: 'Team of' }), 'Tom Tester');
  await waitFor(() => expect(Object.fromEntries(asked.at(-1) ?? [])).toMatchObject({ manager_id: 'm2', from: '2026-02-23', to: '2026-03-01' }));
});

it('shows what is missing in closed time apart, and reminds nobody of it', async () => {
  const may = { ...gap, from: '2026-02-01', to: '2026-02-28', state: 'approved', due: false };
  const ann = { ...mia, member_id: 'm3', name: 'Ann Archer', missing: 30_600, closed: 23_400, gaps: [{ ...may, missing: 30_600, closed: 23_400 }] };
  const bob = { ...ann, member_id: 'm4', name: 'Bob Bauer', missing: 23_400, not_submitted: 0, gaps: [{ ...may, closed: 23_400 }] };
  server.use(http.get('*/api/v1/missing-time', () => HttpResponse.json(pageOf([ann, bob]))));
  renderApp(<TeamPage />);
  expect(await screen.findByRole('link', { name: /^Ann Archer.*2:00 missing, 6:30 short, approved/ })).toBeVisible();
  expect(screen.getByText(/^“Short” is time that was expected/)).toBeVisible();
  expect(screen.getByRole('link', { name: /^Bob Bauer.*: 6:30 short, approved/ })).toBeVisible();
  expect(screen.getByRole('columnheader', { name: 'Feb 2026' })).toBeVisible();
  expect(screen.queryByRole('button', { name: 'Remind Bob Bauer' })).toBeNull();
  expect(screen.getByRole('button', { name: 'Remind 1' })).toBeEnabled();
});

it('asks for fewer days instead of calling the server', async () => {
  renderApp(<TeamPage />, { at: '/?from=2026-01-01&to=2026-12-31' });
  expect(await screen.findByText(/Choose fewer days/)).toBeVisible();
  expect(asked).toEqual([]);
});

it('is a list of cards on a phone, and reminds nobody without the right', async () => {
  screenWidth.px = 390;
  signInAs({ role: 'finance', permissions: ['timesheets.entries.read_all', 'identity.members.read'] });
  renderApp(<TeamPage />, { at: '/?from=2026-02-23&to=2026-03-01' });
  expect(await screen.findByText('1 timesheet not handed in')).toBeVisible();
  expect(screen.queryByRole('button', { name: /Remind/ })).toBeNull();
  expect(await violations()).toEqual([]);
});
