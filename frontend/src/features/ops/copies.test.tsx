import { screen, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { expect, it } from 'vitest';
import { renderApp, violations } from '../../test/render';
import { server } from '../../test/server';
import type { OpsCopies, OpsTask } from './api';
import { Tasks } from './components/Care';
import { Copies } from './components/Copies';

const none: OpsCopies = { parked_jobs: 0 };
const moved: OpsCopies = { ...none, move: { from: 'main', to: 'eu2', state: 'moved', started_at: '2026-11-25T19:00:00Z', swapped_at: '2026-11-25T19:00:04Z', stop_ms: 62, rows: 400 } };

it('drops the copy that a move has left, for a reason', async () => {
  let asked: unknown;
  server.use(
    http.get('*/api/v1/ops/agencies/a/copies', () => HttpResponse.json(moved)),
    http.post('*/api/v1/ops/agencies/a/tasks', async ({ request }) => {
      asked = await request.json();
      return HttpResponse.json({}, { status: 202 });
    }),
  );
  const { user } = renderApp(<Copies id="a" />);
  expect(await screen.findByText('The old copy on main')).toBeVisible();
  expect(screen.getByText(/nobody could write for 62 ms/)).toBeVisible();
  expect(await violations()).toEqual([]);
  await user.click(screen.getByRole('button', { name: 'Drop the old copy' }));
  const dialog = await screen.findByRole('dialog');
  await user.click(within(dialog).getByRole('button', { name: 'Drop the old copy' }));
  expect(asked).toBeUndefined();
  await user.type(within(dialog).getByLabelText(/Reason/), 'A week has passed');
  await user.click(within(dialog).getByRole('button', { name: 'Drop the old copy' }));
  await expect.poll(() => asked).toEqual({ kind: 'drop_moved', reason: 'A week has passed' });
});

it('offers to take a restore back, and to decide on the jobs it has parked', async () => {
  server.use(http.get('*/api/v1/ops/agencies/a/copies', () => HttpResponse.json({
    ...none, parked_jobs: 3, restore: { state: 'swapped', as_of: '2026-11-20T02:00:00Z', made_at: '2026-11-25T19:00:00Z', swapped_at: '2026-11-25T19:01:00Z' },
  } satisfies OpsCopies)));
  renderApp(<Copies id="a" />);
  expect(await screen.findByText(/What was there before the restore/)).toBeVisible();
  expect(screen.getByText('3 jobs are parked')).toBeVisible();
  for (const name of ['Take the restore back', 'Drop the other copy', 'Let them run', 'Throw them away']) expect(screen.getByRole('button', { name })).toBeVisible();
});

it('shows how far long work is', async () => {
  const task: OpsTask = {
    id: 't', agency_id: 'a', kind: 'move', placement: 'eu2', state: 'running', what: 'copy', done: 12, total: 48, error: '', by: 'Opal', created_at: '2026-11-25T19:00:00Z', changed_at: '2026-11-25T19:00:00Z', finished_at: null,
  };
  server.use(http.get('*/api/v1/ops/agencies/a/tasks', () => HttpResponse.json({ items: [task, { ...task, id: 'u', what: 'prove', done: 0, total: 1 }], next: null })));
  renderApp(<Tasks id="a" />);
  expect(await screen.findByText('Copy, 12 of 48')).toBeVisible();
  expect(screen.getAllByRole('progressbar')[0]).toHaveAttribute('aria-valuenow', '25');
  expect(screen.getByText('Prove…')).toBeVisible();
  expect(await violations()).toEqual([]);
});
