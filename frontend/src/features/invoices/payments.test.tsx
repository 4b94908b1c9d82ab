import { screen, waitFor, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { beforeEach, expect, it } from 'vitest';
import { pageOf, problem } from '../../test/factories';
import { renderApp, violations } from '../../test/render';
import { server } from '../../test/server';
import type { InvoiceView, PaymentView } from './api';
import { PaymentDialog } from './components/PaymentDialog';
import { Payments } from './components/Payments';

const eur = (amount: string) => ({ amount, currency: 'EUR' });
const invoice = { id: 'i1', client_id: 'c1', number: 'INV-7', state: 'issued', currency: 'EUR', total: eur('300.00'), paid: eur('100.00'), balance: eur('200.00') } as unknown as InvoiceView;
const part = (over = {}) => ({ id: 'a1', invoice_id: 'i1', invoice_number: 'INV-7', amount: eur('100.00'), gain: { amount: '0.00', currency: 'EUR' }, applied_on: '2026-03-02', undone_at: null, undo_reason: '', ...over });
const payment = (over: Partial<PaymentView> = {}): PaymentView => ({
  id: 'p1', client_id: 'c1', client_name: 'Initech', amount: eur('150.00'), unapplied: eur('50.00'), received_on: '2026-03-02', method: 'bank_transfer', reference: 'March',
  note: '', credit_note_id: '', on_line: false, voided_at: null, void_reason: '', created_by: 'm1', created_at: '2026-03-02T10:00:00Z', allocations: [part()], refunds: [], ...over,
});
let all: PaymentView[] = [];
let sent: { path: string; body: unknown }[] = [];

beforeEach(() => {
  all = [payment()];
  sent = [];
  server.use(
    http.get('*/api/v1/payments', ({ request }) => HttpResponse.json(pageOf(new URL(request.url).searchParams.get('unapplied') ? all.filter((p) => !p.voided_at && p.unapplied.amount !== '0.00') : all))),
    http.get('*/api/v1/payments/credit', () => HttpResponse.json({ items: all.some((p) => p.voided_at) ? [] : [eur('50.00')] })),
    http.post('*/api/v1/payments/:id/:what', async ({ request }) => {
      const body = (await request.json()) as { allocations?: { amount: { amount: string } }[]; reason?: string };
      sent.push({ path: new URL(request.url).pathname, body });
      if (body.allocations?.[0]?.amount.amount === '60') {
        return HttpResponse.json(problem(422, 'invoicing.bad_payment', 'No.', [{ location: 'body.allocations[0].amount', message: 'is more than is left of the payment' }]), { status: 422 });
      }
      if (body.reason) all = [payment({ voided_at: '2026-03-05T10:00:00Z', void_reason: body.reason, allocations: [part({ undone_at: '2026-03-05T10:00:00Z' })] })];
      return HttpResponse.json(all[0]);
    }),
  );
});

it('offers the credit of the client and uses no more of it than is left', async () => {
  const { user } = renderApp(<Payments invoice={invoice} />);
  expect(await screen.findByText(/The client has .*50.00 of credit/)).toBeVisible();
  expect(await violations()).toEqual([]);
  await user.click(screen.getByRole('button', { name: 'Use credit' }));
  const dialog = await screen.findByRole('dialog', { name: 'Use credit of the client' });
  const amount = within(dialog).getByRole('textbox', { name: /Amount/ });
  expect(amount).toHaveValue('50.00');
  await user.clear(amount);
  await user.type(amount, '60');
  await user.click(within(dialog).getByRole('button', { name: 'Use credit' }));
  await waitFor(() => expect(amount).toHaveAccessibleDescription('is more than is left of the payment'));
  await user.clear(amount);
  await user.type(amount, '50');
  await user.click(within(dialog).getByRole('button', { name: 'Use credit' }));
  expect(await screen.findByText('Credit used')).toBeVisible();
  expect(sent.at(-1)).toMatchObject({ path: '/api/v1/payments/p1/allocations', body: { allocations: [{ invoice_id: 'i1', amount: eur('50') }] } });
});

it('shows at the amount what is wrong with what goes to the invoice', async () => {
  server.use(http.post('*/api/v1/payments', () => HttpResponse.json(problem(422, 'invoicing.overpaid', 'No.', [{ location: 'body.allocations[0].amount', message: 'is more than the open balance' }]), { status: 422 })));
  const { user } = renderApp(<PaymentDialog invoice={invoice} onClose={() => {}} />);
  const amount = await screen.findByRole('textbox', { name: /Amount/ });
  await user.click(screen.getByRole('button', { name: 'Record payment' }));
  await waitFor(() => expect(amount).toHaveAccessibleDescription('is more than the open balance'));
});

it('voids a payment only with a reason, and shows it', async () => {
  const { user } = renderApp(<Payments invoice={invoice} />);
  await user.click(await screen.findByRole('button', { name: /What to do with/ }));
  await user.click(await screen.findByRole('menuitem', { name: 'Void payment' }));
  const dialog = await screen.findByRole('dialog', { name: /Void the payment of/ });
  expect(within(dialog).getByText(/It is taken off INV-7/)).toBeVisible();
  await user.click(within(dialog).getByRole('button', { name: 'Void payment' }));
  expect(sent).toEqual([]);
  await user.type(within(dialog).getByRole('textbox'), 'The cheque bounced');
  await user.click(within(dialog).getByRole('button', { name: 'Void payment' }));
  await waitFor(() => expect(screen.getByText(/void: The cheque bounced/)).toBeVisible());
  expect(sent).toEqual([{ path: '/api/v1/payments/p1/void', body: { reason: 'The cheque bounced' } }]);
  expect(screen.queryByRole('button', { name: /What to do with/ })).toBeNull();
});
