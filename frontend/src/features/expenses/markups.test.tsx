import { screen, waitFor, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { beforeEach, expect, it } from 'vitest';
import type { ExpenseMarkupView } from '../../shared/api/gen/expenses.gen';
import { pageOf, problem } from '../../test/factories';
import { renderApp, violations } from '../../test/render';
import { server, signInAs } from '../../test/server';
import { screenWidth } from '../../test/setup';
import { SettingsPage } from './pages/SettingsPage';

const markup = (over: Partial<ExpenseMarkupView> = {}): ExpenseMarkupView => ({ id: 'k1', client_id: 'c1', client_name: 'Initech', markup_percent: '12.5', created_at: '', updated_at: '', version: 3, ...over });
const clients = [{ id: 'c1', name: 'Initech', code: 'INI' }, { id: 'c2', name: 'Globex', code: 'GLO' }];
let markups: ExpenseMarkupView[] = [];
let sent: { method: string; url: string; match: string | null; body: unknown }[] = [];

beforeEach(() => {
  markups = [markup(), markup({ id: 'k2', client_id: 'c3', client_name: 'Hooli', markup_percent: '0' })];
  sent = [];
  const keep = async ({ request }: { request: Request }) => {
    sent.push({ method: request.method, url: new URL(request.url).pathname, match: request.headers.get('If-Match'), body: request.headers.get('Content-Type') ? await request.json() : null });
    return request.method === 'DELETE' ? new HttpResponse(null, { status: 204 }) : HttpResponse.json(markup(), { status: request.method === 'POST' ? 201 : 200 });
  };
  server.use(
    http.get('*/api/v1/expense-markups', () => HttpResponse.json({ items: markups })),
    http.get('*/api/v1/expense-categories', () => HttpResponse.json({ items: [] })),
    http.get('*/api/v1/expense-policies', () => HttpResponse.json({ items: [] })),
    http.get('*/api/v1/allowance-rates', () => HttpResponse.json({ items: [] })),
    http.get('*/api/v1/clients', ({ request }) => {
      const q = new URL(request.url).searchParams.get('q')?.toLowerCase() ?? '';
      return HttpResponse.json(pageOf(clients.filter((c) => c.name.toLowerCase().includes(q))));
    }),
    http.post('*/api/v1/expense-markups', keep),
    http.put('*/api/v1/expense-markups/:id', keep),
    http.delete('*/api/v1/expense-markups/:id', keep),
  );
});

const open = () => renderApp(<SettingsPage />);
const table = () => screen.findByRole('table', { name: 'Markups of clients' });

it('lists what clients pay on top, and says of nothing that it is at cost', async () => {
  open();
  const rows = await table();
  expect(await within(rows).findByText('12.5 %')).toBeVisible();
  expect(within(rows).getByText('At cost')).toBeVisible();
  expect(await violations()).toEqual([]);
});

it('shows cards on a phone', async () => {
  screenWidth.px = 390;
  open();
  expect(await screen.findByText('12.5 %')).toBeVisible();
  expect(await violations()).toEqual([]);
});

it('gives a client who is searched for a markup, after both fields are filled in', async () => {
  const { user } = open();
  await user.click(await screen.findByRole('button', { name: 'New markup' }));
  const dialog = await screen.findByRole('dialog', { name: 'New markup' });
  await user.click(within(dialog).getByRole('button', { name: 'Save' }));
  expect(await within(dialog).findAllByText('Please fill this in')).toHaveLength(2);
  expect(sent).toEqual([]);
  await user.type(within(dialog).getByRole('combobox', { name: /^Client/ }), 'glo');
  await user.click(await screen.findByRole('option', { name: /Globex/ }));
  await user.type(within(dialog).getByRole('textbox', { name: /^Markup/ }), '12,5');
  expect(within(dialog).getByText('0 bills expenses at cost')).toBeVisible();
  expect(await violations()).toEqual([]);
  await user.click(within(dialog).getByRole('button', { name: 'Save' }));
  await waitFor(() => expect(sent).toEqual([{ method: 'POST', url: '/api/v1/expense-markups', match: null, body: { client_id: 'c2', markup_percent: '12.5' } }]));
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
});

it('says beside the fields what is refused', async () => {
  const refusals = [
    problem(409, 'expenses.markup_taken', 'This client has a markup already.', [{ location: 'body.client_id', message: 'has a markup already' }]),
    problem(422, 'expenses.bad_markup', 'This markup cannot be saved as it is.', [{ location: 'body.markup_percent', message: 'must be 0 to 999' }]),
  ];
  server.use(http.post('*/api/v1/expense-markups', () => { const p = refusals.shift(); return HttpResponse.json(p, { status: p?.status }); }));
  const { user } = open();
  await user.click(await screen.findByRole('button', { name: 'New markup' }));
  const dialog = await screen.findByRole('dialog');
  await user.type(within(dialog).getByRole('combobox', { name: /^Client/ }), 'ini');
  await user.click(await screen.findByRole('option', { name: /Initech/ }));
  await user.type(within(dialog).getByRole('textbox', { name: /^Markup/ }), '5');
  await user.click(within(dialog).getByRole('button', { name: 'Save' }));
  expect(await within(dialog).findByText('has a markup already')).toBeVisible();
  expect(within(dialog).getByRole('combobox', { name: /^Client/ })).toBeInvalid();
  await user.click(within(dialog).getByRole('button', { name: 'Save' }));
  expect(await within(dialog).findByText('must be 0 to 999')).toBeVisible();
  expect(within(dialog).getByRole('textbox', { name: /^Markup/ })).toBeInvalid();
});

it('opens one under its client’s name, and writes the version that was read', async () => {
  const { user } = open();
  await user.click(await within(await table()).findByText('Initech'));
  const dialog = await screen.findByRole('dialog', { name: 'Initech' });
  expect(within(dialog).queryByRole('combobox')).toBeNull();
  const field = within(dialog).getByRole('textbox', { name: /^Markup/ });
  expect(field).toHaveValue('12.50');
  await user.clear(field);
  await user.click(within(dialog).getByRole('button', { name: 'Save' }));
  expect(await within(dialog).findByText('Please fill this in')).toBeVisible();
  await user.type(field, '0');
  await user.click(within(dialog).getByRole('button', { name: 'Save' }));
  await waitFor(() => expect(sent).toEqual([{ method: 'PUT', url: '/api/v1/expense-markups/k1', match: '"3"', body: { markup_percent: '0' } }]));
});

it('leaves a client to the categories’ markups', async () => {
  const { user } = open();
  await user.click((await within(await table()).findAllByRole('button', { name: /^Remove/ }))[0] as HTMLElement);
  await waitFor(() => expect(sent).toEqual([{ method: 'DELETE', url: '/api/v1/expense-markups/k1', match: null, body: null }]));
  expect(await screen.findByText('Markup of Initech removed')).toBeVisible();
});

it('is for who writes the settings', async () => {
  signInAs({ role: 'manager', permissions: ['expenses.settings.read'] });
  open();
  expect(await screen.findByRole('heading', { name: 'Limits' })).toBeVisible();
  expect(screen.queryByText('Markups of clients')).toBeNull();
});
