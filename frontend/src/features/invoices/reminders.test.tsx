import { screen, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { expect, it } from 'vitest';
import { pageOf, problem } from '../../test/factories';
import { renderApp, violations } from '../../test/render';
import { server } from '../../test/server';
import type { InvoiceView } from './api';
import { Ladder } from './components/Ladder';
import { LateCharges } from './components/LateCharges';
import { fromLate, fromSteps, toLate, toSteps } from './reminders';

it('counts days before the due date below zero', () => {
  const steps = [{ days: -3, texts: {} }, { days: 0, texts: {} }, { days: 14, texts: {} }];
  expect(toSteps(fromSteps(steps))).toEqual(steps);
});

it('sends what late payment costs, and nothing that was left empty', () => {
  const late = { on: true, currency: 'EUR', percent: '9', per: 'year' as const, grace_days: 5, most: '40', by: 'draft' as const };
  expect(toLate(fromLate(late, 'USD'))).toEqual(late);
  expect(fromLate({ on: false }, 'USD')).toMatchObject({ currency: 'USD', percent: null, by: '' });
  expect(toSteps(fromSteps([{ days: 14, fee: '5', texts: {} }]))).toEqual([{ days: 14, fee: '5', texts: {} }]);
});

it('saves the ladder and what late payment costs, and says where the server refuses', async () => {
  const bodies: unknown[] = [];
  const refusals = [{ location: 'body.steps[1].days', message: 'is there twice' }, { location: 'body.late.percent', message: 'must be at most 100' }];
  server.use(
    http.get('*/api/v1/tax-rates', () => HttpResponse.json(pageOf([]))),
    http.put('*/api/v1/reminders/policy', async ({ request }) => {
      bodies.push(await request.json());
      return HttpResponse.json(problem(422, 'invoicing.bad_reminders', 'These reminders cannot be saved.', refusals), { status: 422 });
    }),
  );
  const policy = { enabled: true, enabled_on: '2026-03-02', own: true, version: 4, steps: [{ days: -3, texts: {} }, { days: 3, texts: {} }], late: { on: false, currency: 'EUR' } };
  const { user } = renderApp(<Ladder policy={policy} writes />);
  expect(within(await screen.findByRole('list')).getAllByRole('textbox', { name: /Days/ })).toHaveLength(2);
  expect(screen.queryByRole('textbox', { name: /Interest/ })).toBeNull();
  await user.click(screen.getByRole('switch', { name: 'Late payment costs something' }));
  const percent = screen.getByRole('textbox', { name: /Interest, percent/ });
  await user.type(percent, '900');
  expect(screen.getAllByRole('textbox', { name: 'Fee' })).toHaveLength(1); // of the step after the due date
  await user.type(screen.getByRole('textbox', { name: 'Fee' }), '5');
  await user.click(screen.getByRole('button', { name: 'Save reminders' }));
  expect(await screen.findByText(/is there twice/i)).toBeVisible();
  expect(percent).toHaveAccessibleDescription('must be at most 100');
  const [before, after] = policy.steps;
  expect(bodies).toEqual([{ enabled: true, steps: [before, { ...after, fee: '5' }], late: { on: true, currency: 'EUR', percent: '900', per: 'year', by: '' }, version: 4 }]);
  expect(await violations()).toEqual([]);
});

it('shows what late payment costs, charges it, and waives it for a reason', async () => {
  const eur = (amount: string) => ({ amount, currency: 'EUR' });
  const days = { days: 31, open: eur('1000.00') };
  const interest = { kind: 'interest', step: 0, from: '2026-02-01', to: '2026-03-03', on: '2026-03-03', amount: eur('7.64'), parts: [days] };
  const letter = { kind: 'step', step: 14, from: '', to: '', on: '2026-02-14', amount: eur('40.00'), parts: [] };
  const old = { id: 'c1', at: '2026-02-01T08:00:00Z', kind: 'interest', step: 0, from: '2026-01-01', to: '2026-01-31', amount: eur('7.64'), document_id: 'd1', number: 'INV-9', waived: false, reason: '' };
  let answer = { on: true, why: '', until: '2026-03-03', items: [old], due: [interest, letter], net: eur('47.64'), tax: eur('9.05'), total: eur('56.69') };
  const sent: unknown[] = [];
  server.use(
    http.get('*/api/v1/invoices/i1/late-fees', () => HttpResponse.json(answer)),
    http.post('*/api/v1/invoices/i1/late-fees', async ({ request }) => {
      sent.push(await request.json());
      return HttpResponse.json(problem(409, 'invoicing.late_fee_stale', 'What is due has changed meanwhile.'), { status: 409 });
    }),
    http.post('*/api/v1/invoices/i1/late-fees/waive', async ({ request }) => {
      sent.push(await request.json());
      answer = { ...answer, why: 'nothing', due: [], items: [old, { ...old, id: 'c2', amount: eur('47.64'), document_id: '', number: '', waived: true, reason: 'Paid late once' }], net: eur('0.00'), tax: eur('0.00'), total: eur('0.00') };
      return HttpResponse.json(answer);
    }),
  );
  const { user } = renderApp(<LateCharges invoice={{ id: 'i1', currency: 'EUR' } as InvoiceView} />);
  const section = within(await screen.findByRole('region', { name: 'Late fees' }));
  expect(section.getByText('31 days with €1,000.00 open')).toBeVisible();
  expect(section.getByText('Letter 14 days after it was due')).toBeVisible();
  expect(section.getByText('With tax €56.69')).toBeVisible();
  expect(section.getByRole('link', { name: 'INV-9' })).toHaveAttribute('href', '/invoices/d1');
  expect(await violations()).toEqual([]);
  await user.click(section.getByRole('button', { name: 'Charge €56.69' }));
  expect(await screen.findByText('What is due has changed meanwhile.')).toBeVisible();
  await user.click(section.getByRole('button', { name: 'Waive' }));
  const dialog = within(await screen.findByRole('dialog', { name: 'Waive what is due now?' }));
  expect(dialog.getByText(/^€47.64 for the days up to today is not charged/)).toBeVisible();
  await user.click(dialog.getByRole('button', { name: 'Waive' }));
  expect(sent).toEqual([{ until: '2026-03-03' }]); // a reason is missing
  await user.type(dialog.getByRole('textbox', { name: /Reason|Why/ }), 'Paid late once');
  await user.click(dialog.getByRole('button', { name: 'Waive' }));
  expect(await section.findByText('Waived: Paid late once')).toBeVisible();
  expect(sent.at(-1)).toEqual({ reason: 'Paid late once' });
  expect(section.getByText('Nothing is due.')).toBeVisible();
  expect(section.queryByRole('button', { name: /^Charge €/ })).toBeNull();
  expect(section.getByRole('button', { name: 'Charge after all' })).toBeVisible();
});
