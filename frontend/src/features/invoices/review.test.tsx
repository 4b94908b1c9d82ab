import { screen } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { expect, it } from 'vitest';
import { problem } from '../../test/factories';
import { renderApp, violations } from '../../test/render';
import { server } from '../../test/server';
import type { InvoiceView } from './api';
import { Review } from './components/Review';
import { Worked } from './components/Worked';
import { RealisationPage } from './pages/RealisationPage';

const eur = (amount: string) => ({ amount, currency: 'EUR' });
const line = { id: 'l1', kind: 'time', description: 'Website: Design', quantity: '6.5', unit: 'h', unit_price: '100', amount: eur('650.00'), standard: eur('600.00'), entries: 2, seconds: 23_400, raw_seconds: 21_600, written: 1 };
const draft = (review: Record<string, unknown>) =>
  ({ id: 'i1', state: 'draft', kind: 'invoice', currency: 'EUR', version: 3, client_name: 'Initech', created_by: 'm1', total: eur('650.00'), lines: [line], review: { state: 'none', outdated: false, sent_by: '', sent_at: null, by: '', at: null, reason: '', sent_by_name: '', by_name: '', ...review } }) as unknown as InvoiceView;
const settings = http.get('*/api/v1/review/settings', () => HttpResponse.json({ required: true, reasons: ['Goodwill', 'Rework'], version: 1 }));

it('asks for a reason before it sends a draft back', async () => {
  const bodies: unknown[] = [];
  server.use(settings, http.post('*/api/v1/invoices/i1/review/back', async ({ request }) => {
    bodies.push(await request.json());
    return HttpResponse.json({});
  }));
  const { user } = renderApp(<Review invoice={draft({ state: 'in_review', sent_by_name: 'Ann', sent_at: '2026-03-02T09:00:00Z' })} />);
  expect(await screen.findByText(/Sent by Ann/)).toBeVisible();
  await user.click(await screen.findByRole('button', { name: 'Send back' }));
  const dialog = await screen.findByRole('dialog');
  await user.click(screen.getAllByRole('button', { name: 'Send back' }).at(-1) as HTMLElement);
  expect(bodies).toEqual([]);
  await user.type(screen.getByRole('textbox', { name: /changed/ }), 'Wrong rate');
  await user.click(screen.getAllByRole('button', { name: 'Send back' }).at(-1) as HTMLElement);
  await expect.poll(() => bodies).toEqual([{ reason: 'Wrong rate' }]);
  expect(dialog).toBeDefined();
});

it('writes a line down and shows a refusal at its field', async () => {
  const bodies: unknown[] = [];
  server.use(settings, http.put('*/api/v1/invoices/i1/billed-time', async ({ request }) => {
    bodies.push([request.headers.get('If-Match'), await request.json()]);
    return HttpResponse.json(problem(422, 'invoicing.bad_write', 'This cannot be written up or down.', [{ location: 'body.amount', message: 'is not in EUR' }]), { status: 422 });
  }));
  const { user } = renderApp(<Worked invoice={draft({})} />);
  await user.click(await screen.findByRole('button', { name: 'Write up or down: Website: Design' }));
  await user.click(await screen.findByRole('button', { name: 'Amount' }));
  const amount = screen.getByRole('textbox', { name: /Amount to bill/ });
  await user.clear(amount);
  await user.type(amount, '600');
  await user.click(screen.getByRole('combobox', { name: /Reason/ }));
  await user.click(await screen.findByRole('option', { name: 'Goodwill' }));
  await user.click(screen.getByRole('button', { name: 'Save' }));
  expect(await screen.findByText(/is not in EUR/i)).toBeVisible();
  expect(bodies).toEqual([['"3"', { amount: { amount: '600', currency: 'EUR' }, line_id: 'l1', reason: 'Goodwill', note: '' }]]);
  expect(await violations()).toEqual([]);
});

it('shows what was billed of what time was worth', async () => {
  const row = { key: 'c1', name: 'Initech', entries: 2, raw_seconds: 21_600, billed_seconds: 23_400, standard: eur('600.00'), rounding: eur('50.00'), written: eur('-50.00'), discounts: eur('-60.00'), credited: eur('0.00'), billed: eur('540.00'), percent: '90.00' };
  server.use(
    http.get('*/api/v1/realisation', () => HttpResponse.json({ items: [row], totals: [row], next: null })),
    http.get('*/api/v1/clients', () => HttpResponse.json({ items: [], next: null })),
  );
  renderApp(<RealisationPage />);
  expect(await screen.findByText('Initech')).toBeVisible();
  expect((await screen.findAllByText('90.00 %')).length).toBe(2);
  expect(await violations()).toEqual([]);
});
