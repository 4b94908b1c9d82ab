import { screen, waitFor, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { beforeEach, expect, it } from 'vitest';
import { problem } from '../../test/factories';
import { renderApp, violations } from '../../test/render';
import { server } from '../../test/server';
import type { InvoiceView } from './api';
import { CreditNoteDialog } from './components/CreditNoteDialog';

const eur = (amount: string) => ({ amount, currency: 'EUR' });
const invoice = { id: 'i1', number: 'INV-7', kind: 'invoice', state: 'issued', currency: 'EUR' } as unknown as InvoiceView;
const lines = [
  { line_id: 'l1', description: 'Design', billed: eur('100.00'), left: eur('70.00'), entries: 2 },
  { line_id: 'l2', description: 'Licence', billed: eur('50.00'), left: eur('50.00'), entries: 0 },
];
let sent: unknown[] = [];

beforeEach(() => {
  sent = [];
  const figures = { subtotal: eur('50.00'), discount: eur('0.00'), net: eur('50.00'), taxes: [], total: eur('50.00'), payable: eur('50.00'), withheld: eur('0.00') };
  server.use(
    http.post('*/api/v1/invoices/i1/credits/preview', () => HttpResponse.json({ document: { kind: 'credit_note', ...figures }, next_number: 'CN-1' })),
    http.post('*/api/v1/invoices/i1/credits', async ({ request }) => {
      const body = (await request.json()) as { lines: { amount: { amount: string } }[] };
      sent.push(body);
      if (body.lines[1]?.amount.amount === '60') {
        return HttpResponse.json(problem(422, 'invoicing.bad_credit', 'No.', [{ location: 'body.lines[1].amount', message: 'is more than is left of the line: 50.00' }]), { status: 422 });
      }
      return HttpResponse.json({ credit_note: { id: 'n1', number: 'CN-1' }, draft_id: '' }, { status: 201 });
    }),
  );
});

it('takes back chosen lines, and asks about their time when they go as a whole', async () => {
  const { user } = renderApp(<CreditNoteDialog invoice={invoice} lines={lines} onClose={() => undefined} />);
  const dialog = await screen.findByRole('dialog', { name: 'Credit invoice INV-7' });
  expect(within(dialog).getByText(/70.00 left of .*100.00/)).toBeVisible();
  expect(await violations()).toEqual([]);
  const go = within(dialog).getByRole('button', { name: 'Issue credit note' });
  await user.click(go);
  expect(await within(dialog).findByText('Please fill this in')).toBeVisible();
  expect(sent).toEqual([]);

  await user.click(within(dialog).getByRole('checkbox', { name: 'Design' }));
  await waitFor(() => expect(within(dialog).queryByText(/What becomes of the time/)).toBeNull());
  const [, licence] = within(dialog).getAllByRole('textbox', { name: /^Credit/ });
  await user.clear(licence!);
  await user.type(licence!, '60');
  await user.click(go);
  await waitFor(() => expect(licence).toHaveAccessibleDescription('is more than is left of the line: 50.00'));
  await user.clear(licence!);
  await user.type(licence!, '20');
  await user.type(within(dialog).getByRole('textbox', { name: 'Reason' }), 'Half');
  await user.click(go);
  expect(await screen.findByText('Credit note CN-1 issued')).toBeVisible();
  expect(sent.at(-1)).toEqual({ reason: 'Half', lines: [{ line_id: 'l1', amount: eur('0') }, { line_id: 'l2', amount: eur('20') }] });
});
