import { screen } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { expect, it } from 'vitest';
import { problem } from '../../test/factories';
import { renderApp } from '../../test/render';
import { server } from '../../test/server';
import { api } from './baseApi';

const things = api.injectEndpoints({ endpoints: (build) => ({ makeThing: build.mutation<{ id: string }, string>({ query: (name) => ({ url: '/api/v1/made', method: 'POST', body: { name } }) }) }) });

function Page() {
  const [make, { data, error }] = things.endpoints.makeThing.useMutation();
  return (
    <main>
      <button onClick={() => void make('one')}>Make</button>
      {data && <p>{data.id}</p>}
      {error && <p>refused</p>}
    </main>
  );
}

it('waits for the answer of a first call that is under way, under the same key', async () => {
  const keys: (string | null)[] = [];
  server.use(http.post('*/api/v1/made', ({ request }) => {
    keys.push(request.headers.get('Idempotency-Key'));
    if (keys.length === 1) return HttpResponse.error();
    if (keys.length === 2) return HttpResponse.json(problem(409, 'request.under_way', 'Ask again in a moment.'), { status: 409, headers: { 'Retry-After': '0' } });
    return HttpResponse.json({ id: 'made once' });
  }));
  const { user } = renderApp(<Page />);
  await user.click(screen.getByRole('button', { name: 'Make' }));
  expect(await screen.findByText('refused')).toBeVisible();
  await user.click(screen.getByRole('button', { name: 'Make' }));
  expect(await screen.findByText('made once')).toBeVisible();
  expect(new Set(keys).size).toBe(1);
  expect(keys).toHaveLength(3);
});
