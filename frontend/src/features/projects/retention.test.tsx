import { screen, waitFor, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { beforeEach, expect, it } from 'vitest';
import { pageOf, problem } from '../../test/factories';
import { renderApp, violations } from '../../test/render';
import { server, signInAs } from '../../test/server';
import type { FeeView, ProjectView } from './api';
import { BillingTab } from './components/BillingTab';

const eur = (amount: string) => ({ amount, currency: 'EUR' });
const project = { id: 'p1', client_id: 'c1', client_name: 'Initech', code: 'INI-001', name: 'Website', state: 'active', version: 3 } as ProjectView;
const fee = (over: Partial<FeeView> = {}): FeeView => ({
  id: 'f1', project_id: 'p1', client_id: 'c1', name: 'Relaunch', kind: 'percent', agreed: eur('10000.00'), contract: eur('10000.00'), billed: eur('6666.00'), left: eur('3334.00'), due: eur('0.00'), percent: '66.66', retain_percent: '7.5',
  held: eur('499.95'), released: eur('0.00'), retained: eur('499.95'), covers: 'nothing', task_ids: [], parts: [], orders: [], archived_at: null, version: 4, created_at: '', updated_at: '', ...over,
});
let fees: FeeView[] = [];
let sent: { method: string; url: string; match: string | null; body: unknown }[] = [];

beforeEach(() => {
  fees = [fee()];
  sent = [];
  const keep = async (request: Request) => { sent.push({ method: request.method, url: new URL(request.url).pathname, match: request.headers.get('If-Match'), body: await request.json() }); };
  server.use(
    http.get('*/api/v1/fees', () => HttpResponse.json(pageOf(fees))),
    http.patch('*/api/v1/fees/f1', async ({ request }) => {
      await keep(request);
      const [last] = sent.slice(-1);
      fees = [fee({ ...(last?.body as Partial<FeeView>), version: 5 })];
      return HttpResponse.json(fees[0]);
    }),
    http.post('*/api/v1/invoices/from-time', async ({ request }) => { await keep(request); return HttpResponse.json({ invoice: { id: 'i9' }, left_out: [] }, { status: 201 }); }),
  );
});

const open = () => renderApp(<BillingTab project={project} />);
const release = { name: 'Release the retained part' };

async function dialog(user: ReturnType<typeof open>['user']) {
  await user.click(await screen.findByRole('button', { name: 'What to do with Relaunch' }));
  await user.click(await screen.findByRole('menuitem', { name: 'Set percent retained' }));
  return screen.findByRole('dialog', { name: 'Set percent retained' });
}

it('shows what is retained, and sets another percentage for what is billed from then on', async () => {
  const { user } = open();
  expect(await screen.findByText('7.5 % of each invoice')).toBeVisible();
  expect(screen.getByText(/499\.95/)).toBeVisible();
  const d = await dialog(user);
  const field = within(d).getByRole('textbox', { name: /^Retained until the end/ });
  expect(field).toHaveValue('7.5');
  expect(within(d).getByText(/0 to less than 100, of what is billed from now on/)).toBeVisible();
  expect(await violations()).toEqual([]);
  await user.clear(field);
  await user.type(field, ' 12,25 ');
  await user.click(within(d).getByRole('button', { name: 'Save' }));
  await waitFor(() => expect(sent).toEqual([{ method: 'PATCH', url: '/api/v1/fees/f1', match: '"4"', body: { retain_percent: '12.25' } }]));
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  expect(await screen.findByText('12.25 % of each invoice')).toBeVisible();
});

it('says beside the field what is refused, keeps what was typed, and takes an empty field for none', async () => {
  server.use(http.patch('*/api/v1/fees/f1', () => HttpResponse.json(problem(422, 'fees.bad_fee', 'This fee cannot be saved.', [{ location: 'body.retain_percent', message: 'must be 0 to less than 100' }]), { status: 422 }), { once: true }));
  const { user } = open();
  const d = await dialog(user);
  const field = within(d).getByRole('textbox', { name: /^Retained until the end/ });
  await user.clear(field);
  await user.type(field, '100');
  await user.click(within(d).getByRole('button', { name: 'Save' }));
  expect(await within(d).findByText('must be 0 to less than 100')).toBeVisible();
  expect(field).toHaveValue('100');
  expect(field).toBeInvalid();
  expect(await violations()).toEqual([]);
  await user.clear(field);
  await user.click(within(d).getByRole('button', { name: 'Save' }));
  await waitFor(() => expect(sent.map((s) => s.body)).toEqual([{ retain_percent: '0' }]));
});

it('says that the fee was changed meanwhile', async () => {
  server.use(http.patch('*/api/v1/fees/f1', () => HttpResponse.json(problem(412, 'request.stale', 'This was changed meanwhile. Load it again and repeat your change.'), { status: 412 })));
  const { user } = open();
  const d = await dialog(user);
  await user.click(within(d).getByRole('button', { name: 'Save' }));
  expect(await within(d).findByRole('alert')).toHaveTextContent(/changed meanwhile/);
});

it('makes a draft over all that is retained, once, and goes there', async () => {
  const { user, router } = open();
  await user.dblClick(await screen.findByRole('button', release));
  await waitFor(() => expect(router.state.location.pathname).toBe('/invoices/i9'));
  expect(sent).toEqual([expect.objectContaining({ method: 'POST', url: '/api/v1/invoices/from-time', body: expect.objectContaining({ fees: [{ fee_id: 'f1', release: true }], no_time: true }) as unknown })]);
  expect(await screen.findByText(/The draft over .*499\.95 is ready/)).toBeVisible();
});

it('stays where it is, and says why, when the draft is refused', async () => {
  server.use(http.post('*/api/v1/invoices/from-time', () => HttpResponse.json(problem(422, 'fees.cannot_bill', 'This cannot be billed.', [{ location: 'body.fees[0].release', message: 'finds nothing that is retained' }]), { status: 422 })));
  const { user, router } = open();
  await user.click(await screen.findByRole('button', release));
  expect(await screen.findByText(/cannot be billed|nothing that is retained/)).toBeVisible();
  expect(router.state.location.pathname).toBe('/');
});

it('offers no release where nothing is retained, where the fee is put away, or to who may not bill', async () => {
  fees = [fee({ retained: eur('0.00') }), fee({ id: 'f2', name: 'Old', archived_at: '2026-03-02T09:00:00Z' })];
  open();
  expect(await screen.findByRole('heading', { name: 'Old' })).toBeVisible();
  expect(screen.queryByRole('button', release)).toBeNull();
});

it('shows who only reads what is retained, and no way to change it', async () => {
  signInAs({ role: 'manager', permissions: ['fees.fees.read'] });
  open();
  expect(await screen.findByText('7.5 % of each invoice')).toBeVisible();
  expect(screen.queryByRole('button', release)).toBeNull();
  expect(screen.queryByRole('button', { name: 'What to do with Relaunch' })).toBeNull();
});
