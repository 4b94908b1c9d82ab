import { screen, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { expect, it } from 'vitest';
import { pageOf } from '../../test/factories';
import { renderApp, violations } from '../../test/render';
import { server } from '../../test/server';
import { LateFeesPage } from './pages/LateFeesPage';

const eur = (amount: string) => ({ amount, currency: 'EUR' });
const overdue = (id: string, more: object) => ({
  id, number: `INV-${id}`, client_id: 'c', client_name: 'Initech', due_on: '2026-04-01', days_late: 30, open: eur('1000.00'), percent: '9', per: 'year', most: '', fee: eur('7.40'), capped: false, charged: eur('0.00'), why: '',
  due: [{ kind: 'interest', step: 0, on: null, from: '2026-04-02', to: '2026-05-01', parts: [{ days: 30, open: eur('1000.00') }], amount: eur('7.40') }], paused_at: null, pause_reason: '', ...more,
});

it('charges those of the chosen that can be, and says what became of each', async () => {
  let asked: unknown;
  server.use(
    http.get('*/api/v1/late-fees', () => HttpResponse.json(pageOf([
      overdue('1', {}), overdue('2', { fee: eur('40.00'), capped: true, most: '40' }), overdue('3', { due: [], fee: eur('0.00'), why: 'paused', paused_at: '2026-04-10T09:00:00Z', pause_reason: 'The hours are disputed' }),
    ]))),
    http.post('*/api/v1/late-fees/charge', async ({ request }) => {
      asked = await request.json();
      return HttpResponse.json({ done: 1, failed: 1, items: [
        { invoice_id: '1', document_id: 'd1', number: '', total: eur('7.40'), problem: null },
        { invoice_id: '2', document_id: '', number: '', total: null, problem: { status: 409, code: 'invoicing.nothing_late', detail: 'There is no late fee to charge for this invoice.' } },
      ] });
    }),
  );
  const { user } = renderApp(<LateFeesPage />);
  expect(await screen.findByText('9 % a year for 30 days · no more than €40.00')).toBeVisible();
  expect(screen.getByText('Paused: The hours are disputed')).toBeVisible();
  expect(screen.getByRole('button', { name: 'Choose invoices to charge' })).toBeDisabled();
  for (const box of await screen.findAllByRole('checkbox', { name: /INV-/ })) await user.click(box);
  await user.click(screen.getByRole('button', { name: 'Charge 2 (€47.40)' }));
  await user.click(within(await screen.findByRole('dialog')).getByRole('button', { name: 'Charge' }));
  expect(await screen.findByRole('link', { name: 'On a draft' })).toHaveAttribute('href', '/invoices/d1');
  expect(screen.getByText(/INV-2, Initech: There is no late fee/)).toBeVisible();
  expect(asked).toEqual({ invoice_ids: ['1', '2'], how: 'draft' });
  expect(await violations()).toEqual([]);
});
