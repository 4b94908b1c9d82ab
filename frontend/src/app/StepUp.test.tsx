import { screen, waitFor } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { expect, it, vi } from 'vitest';
import { api } from '../shared/api/baseApi';
import { StepUp } from '../shared/ui/StepUp';
import { problem } from '../test/factories';
import { renderApp, violations } from '../test/render';
import { server } from '../test/server';
import { Confirmed } from '../shared/ui/Confirmed';

const things = api.injectEndpoints({
  endpoints: (build) => ({ guarded: build.mutation<{ secret: string }, string>({ query: (name) => ({ url: '/api/v1/guarded', method: 'POST', body: { name } }) }) }),
});

function Page() {
  const [act, { data, error }] = things.endpoints.guarded.useMutation();
  return (
    <main>
      <h1>Guarded</h1>
      <button onClick={() => void act('key')}>Make</button>
      {data && <p>{data.secret}</p>}
      {error && <p>refused</p>}
      <StepUp />
    </main>
  );
}

function guarded() {
  const calls: { name: unknown; key: string | null }[] = [];
  let fresh = false;
  server.use(
    http.post('*/api/v1/guarded', async ({ request }) => {
      calls.push({ name: ((await request.json()) as { name: unknown }).name, key: request.headers.get('Idempotency-Key') });
      if (!fresh) return HttpResponse.json({ ...problem(403, 'access.step_up_required', 'Please confirm that it is you.'), url: '/auth/step-up' }, { status: 403 });
      return HttpResponse.json({ secret: 'shown once' });
    }),
  );
  return { calls, confirm: () => { fresh = true; } };
}

it('asks who it is beside the page and sends the same call again', async () => {
  const { calls, confirm } = guarded();
  const open = vi.spyOn(window, 'open').mockReturnValue(null);
  const { user } = renderApp(<Page />);
  await user.click(screen.getByRole('button', { name: 'Make' }));
  expect(await screen.findByRole('alertdialog', { name: 'Is it you?' }, { timeout: 10_000 })).toBeVisible();
  expect(await violations()).toEqual([]);
  await user.click(screen.getByRole('button', { name: 'Confirm' }));
  expect(open.mock.calls[0]![0]).toBe('/auth/step-up?return=%2Fconfirmed');
  confirm();
  vi.spyOn(window, 'close').mockImplementation(() => undefined);
  renderApp(<Confirmed />);
  expect(await screen.findByText('shown once', undefined, { timeout: 10_000 })).toBeVisible();
  await waitFor(() => expect(screen.queryByRole('alertdialog')).toBeNull());
  expect(calls).toHaveLength(2);
  expect(calls[0]).toEqual(calls[1]);
});

it('leaves the refusal standing when the person does not confirm', async () => {
  const { calls } = guarded();
  const { user } = renderApp(<Page />);
  await user.click(screen.getByRole('button', { name: 'Make' }));
  await user.click(await screen.findByRole('button', { name: 'Cancel' }, { timeout: 10_000 }));
  expect(await screen.findByText('refused')).toBeVisible();
  expect(calls).toHaveLength(1);
});
