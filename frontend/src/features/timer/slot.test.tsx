import { screen, waitFor, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { beforeEach, describe, expect, it } from 'vitest';
import type { TimerView } from '../../shared/api/gen/time.gen';
import { command } from '../../shared/lib/commands';
import { pageOf, problem } from '../../test/factories';
import { renderApp, violations } from '../../test/render';
import { server, signInAs } from '../../test/server';
import { TimerSlot } from './slot';

const timer = (): TimerView => ({
  id: 't1', project_id: 'p1', project_code: 'ACM-001', project_name: 'Website', client_name: 'Acme', task_id: null, task_name: '', note: 'Header', billable: true,
  started_at: new Date(Date.now() - 3_725_000).toISOString(), zone: 'Europe/Berlin', asks_at: new Date(Date.now() + 3_600_000).toISOString(), version: 1,
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

it('shows what is not theirs to say, and leaves it to the work', async () => {
  signInAs({ role: 'member', permissions: ['agency.settings.read', 'timesheets.entries.write'] });
  server.use(http.get('*/api/v1/time-settings', () => HttpResponse.json({ members_set_billable: false })));
  const { user } = renderApp(<TimerSlot place="header" />);
  await user.click(await screen.findByRole('button', { name: 'Start timer' }));
  expect(await screen.findByText('The project, task and service decide this.')).toBeVisible();
  expect(screen.getByRole('switch', { name: 'Billable' })).toBeDisabled();
  await user.click(screen.getByRole('button', { name: 'Start Support, Tickets' }));
  expect(await screen.findByRole('group', { name: /Running timer/ })).toBeVisible();
  expect(started[0]).toMatchObject({ project_id: 'p2' });
  expect(started[0]).not.toHaveProperty('billable');
});

it('counts from the server’s start and stops', async () => {
  running = timer();
  const { user } = renderApp(<TimerSlot place="bar" />);
  expect(await screen.findByRole('timer')).toHaveTextContent(/1:02:0\d/);
  await user.click(screen.getByRole('button', { name: 'Stop timer' }));
  expect(await screen.findByText('Saved 1:02 on Website')).toBeVisible();
  await waitFor(() => expect(screen.queryByRole('timer')).toBeNull());
});

describe('a timer that may have been forgotten', () => {
  let stops: Record<string, unknown>[] = [];
  let kept = 0;
  beforeEach(() => {
    stops = [];
    kept = 0;
    running = { ...timer(), started_at: new Date(Date.now() - 11 * 3_600_000).toISOString(), asks_at: new Date(Date.now() - 3_600_000).toISOString() };
    server.use(
      http.post('*/api/v1/timer/stop', async ({ request }) => {
        const body = (await request.json()) as Record<string, unknown>;
        stops.push(body);
        if (!body.whole && !body.ended_at) return HttpResponse.json(problem(409, 'timesheets.timer_forgotten', 'This timer has run for 11:00 hours.'), { status: 409 });
        return HttpResponse.json({ id: 'e1', seconds: 39_600, project_name: 'Website', task_name: '' });
      }),
      http.post('*/api/v1/timer/keep', () => {
        kept += 1;
        running = { ...timer(), asks_at: new Date(Date.now() + 36_000_000).toISOString() };
        return HttpResponse.json(running);
      }),
    );
  });

  it('asks when it is stopped by the key T, and keeps all of it', async () => {
    const { user } = renderApp(<TimerSlot place="header" />);
    await screen.findByRole('timer');
    command('timer.toggle');
    expect(await screen.findByText(/has been running for 11:00/)).toBeVisible();
    expect(await violations()).toEqual([]);
    await user.click(screen.getByRole('button', { name: 'Stop and keep all of it' }));
    expect(await screen.findByText('Saved 11:00 on Website')).toBeVisible();
    expect(stops).toEqual([{}, { whole: true }]);
  });

  it('is marked, trimmed to the moment that is said', async () => {
    const { user } = renderApp(<TimerSlot place="bar" />);
    await user.click(await screen.findByRole('button', { name: /^Still working\?: Website/ }));
    await screen.findByLabelText('Stopped at');
    await user.click(screen.getByRole('button', { name: 'Keep until then' }));
    await screen.findByText(/^Saved/);
    const from = Date.parse(running?.started_at ?? '');
    const end = Date.parse(String(stops[0]?.ended_at));
    expect(end).toBeGreaterThan(from + 8 * 3_600_000 - 60_000);
    expect(end).toBeLessThanOrEqual(from + 8 * 3_600_000);
  });

  it('runs on when somebody is still working', async () => {
    const { user } = renderApp(<TimerSlot place="header" />);
    await user.click(await screen.findByRole('button', { name: /^Still working/ }));
    await user.click(await screen.findByRole('button', { name: 'I am still working' }));
    expect(await screen.findByText('The timer runs on')).toBeVisible();
    expect(await screen.findByRole('button', { name: /^Change the running timer/ })).toBeVisible();
    expect(kept).toBe(1);
  });

  it('cannot be kept whole above a day', async () => {
    running = { ...timer(), started_at: new Date(Date.now() - 25 * 3_600_000).toISOString(), asks_at: new Date(Date.now() - 15 * 3_600_000).toISOString() };
    const { user } = renderApp(<TimerSlot place="header" />);
    await user.click(await screen.findByRole('button', { name: /^Still working/ }));
    await screen.findByLabelText('Stopped at');
    expect(screen.queryByRole('button', { name: 'Stop and keep all of it' })).toBeNull();
  });
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
