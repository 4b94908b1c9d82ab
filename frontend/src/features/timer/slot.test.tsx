import { screen, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { beforeEach, expect, it } from 'vitest';
import type { TimerView } from '../../shared/api/gen/time.gen';
import { command } from '../../shared/lib/commands';
import { pageOf, problem } from '../../test/factories';
import { renderApp, violations } from '../../test/render';
import { server } from '../../test/server';
import { TimerSlot } from './slot';

const timer = (): TimerView => ({
  id: 't1', project_id: 'p1', project_code: 'ACM-001', project_name: 'Website', client_name: 'Acme', task_id: null, task_name: '', note: 'Header', billable: true,
  started_at: new Date(Date.now() - 3_725_000).toISOString(), zone: 'Europe/Berlin', version: 1,
});
let running: TimerView | undefined;
let started: Record<string, unknown>[] = [];

beforeEach(() => {
  running = undefined;
  started = [];
  const recent = { id: 'e1', project_id: 'p2', project_name: 'Support', task_id: null, task_name: '', client_name: 'Acme', note: 'Tickets', billable: true };
  server.use(
    http.get('*/api/v1/timer', () => HttpResponse.json({ timer: running })),
    http.post('*/api/v1/timer/start', async ({ request }) => {
      started.push((await request.json()) as Record<string, unknown>);
      running = timer();
      return HttpResponse.json({ timer: running });
    }),
    http.post('*/api/v1/timer/stop', () => {
      running = undefined;
      return HttpResponse.json({ ...recent, seconds: 3725, project_name: 'Website' });
    }),
    http.get('*/api/v1/time-entries/recent', () => HttpResponse.json(pageOf([recent]))),
    http.get('*/api/v1/projects', () => HttpResponse.json(pageOf([]))),
    http.get('*/api/v1/tasks', () => HttpResponse.json(pageOf([]))),
  );
});

it('starts what was worked on lately at a click and shows it running', async () => {
  const { user } = renderApp(<TimerSlot place="header" />);
  await user.click(await screen.findByRole('button', { name: 'Start timer' }));
  await user.click(await screen.findByRole('button', { name: 'Start Support, Tickets' }));
  expect(await screen.findByRole('group', { name: /Running timer/ })).toBeVisible();
  expect(started[0]).toMatchObject({ project_id: 'p2', note: 'Tickets', billable: true });
});

it('counts from the server’s start and stops', async () => {
  running = timer();
  const { user } = renderApp(<TimerSlot place="bar" />);
  expect(await screen.findByRole('timer')).toHaveTextContent(/1:02:0\d/);
  await user.click(screen.getByRole('button', { name: 'Stop timer' }));
  expect(await screen.findByText('Saved 1:02 on Website')).toBeVisible();
  expect(screen.queryByRole('timer')).toBeNull();
});

it('stops by the key T and asks when a forgotten timer ended', async () => {
  running = timer();
  server.use(http.post('*/api/v1/timer/stop', () => HttpResponse.json(problem(409, 'timesheets.timer_forgotten', 'This timer ran for more than 24 hours.'), { status: 409 })));
  renderApp(<TimerSlot place="header" />);
  await screen.findByRole('timer');
  command('timer.toggle');
  expect(await screen.findByLabelText('Stopped at')).toBeVisible();
});

it('asks for a project before it starts', async () => {
  const { user } = renderApp(<TimerSlot place="header" />);
  await user.click(await screen.findByRole('button', { name: 'Start timer' }));
  const dialog = await screen.findByRole('dialog');
  await user.click(await within(dialog).findByRole('button', { name: 'Start' }));
  expect(await within(dialog).findByText('Choose a project')).toBeVisible();
  expect(started).toHaveLength(0);
  expect(await violations()).toEqual([]);
});
