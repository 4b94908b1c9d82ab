import { screen, waitFor, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { useState } from 'react';
import { beforeEach, expect, it } from 'vitest';
import type { ServiceView } from '../../shared/api/gen/rates.gen';
import { pageOf, problem } from '../../test/factories';
import { renderApp, violations } from '../../test/render';
import { server } from '../../test/server';
import { Services } from './components/Services';

const service = (over: Partial<ServiceView> = {}): ServiceView => ({
  id: 's1', name: 'Consulting', billable: true, tax_rate_id: 'x1', created_at: '2026-03-02T09:00:00Z', updated_at: '2026-03-02T09:00:00Z', archived_at: null, version: 4, ...over,
});
let sent: { url: string; match: string | null; body: unknown }[] = [];

beforeEach(() => {
  sent = [];
  const keep = async ({ request }: { request: Request }) => {
    sent.push({ url: new URL(request.url).pathname, match: request.headers.get('If-Match'), body: request.headers.get('Content-Type') ? await request.json() : null });
    return HttpResponse.json(service(), { status: request.url.endsWith('/services') ? 201 : 200 });
  };
  server.use(
    http.get('*/api/v1/services', ({ request }) => HttpResponse.json(pageOf(new URL(request.url).searchParams.get('q') ? [] : [service(), service({ id: 's2', name: 'Courtesy', billable: false, tax_rate_id: null })]))),
    http.get('*/api/v1/tax-rates', () => HttpResponse.json({ items: [{ id: 'x1', name: 'Reduced', archived_at: null }] })),
    http.post('*/api/v1/services', keep),
    http.patch('*/api/v1/services/:id', keep),
    http.post('*/api/v1/services/:id/archive', keep),
  );
});

function Page() {
  const [editing, setEditing] = useState<ServiceView | 'new' | null>(null);
  return <><button type="button" onClick={() => setEditing('new')}>New service</button><Services editing={editing} onEdit={setEditing} /></>;
}
const open = () => renderApp(<Page />);

it('lists services with their defaults', async () => {
  open();
  const row = (await screen.findByText('Consulting')).closest('[role="row"]') as HTMLElement;
  expect(await within(row).findByText('Reduced')).toBeVisible();
  expect(within(row).getByText('Billable')).toBeVisible();
  expect(screen.getByText('Not billable')).toBeVisible();
  expect(await violations()).toEqual([]);
});

it('makes one, and shows at the field what is refused', async () => {
  server.use(http.post('*/api/v1/services', () => HttpResponse.json(problem(409, 'rates.service_taken', 'There is one.', [{ location: 'body.name', message: 'is taken' }]), { status: 409 }), { once: true }));
  const { user } = open();
  await screen.findByText('Consulting');
  await user.click(screen.getByRole('button', { name: 'New service' }));
  const dialog = await screen.findByRole('dialog');
  await user.type(within(dialog).getByLabelText(/^Name/), 'Support');
  await user.click(within(dialog).getByRole('button', { name: 'Save' }));
  expect(await within(dialog).findByText('is taken')).toBeVisible();
  await user.click(within(dialog).getByRole('button', { name: 'Save' }));
  await waitFor(() => expect(sent).toEqual([{ url: '/api/v1/services', match: null, body: { name: 'Support', billable: true, tax_rate_id: '' } }]));
});

it('changes the version that was seen, and archives', async () => {
  const { user } = open();
  await user.click(await screen.findByText('Consulting'));
  const dialog = await screen.findByRole('dialog');
  await user.click(within(dialog).getByRole('switch'));
  await user.click(within(dialog).getByRole('button', { name: 'Save' }));
  await waitFor(() => expect(sent[0]).toEqual({ url: '/api/v1/services/s1', match: '"4"', body: { name: 'Consulting', billable: false, tax_rate_id: 'x1' } }));
  await user.click(screen.getAllByRole('button', { name: /^Archive/ })[0] as HTMLElement);
  expect(await screen.findByText('Consulting archived')).toBeVisible();
});
