import { screen, waitFor } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { expect, it } from 'vitest';
import { pageOf, problem } from '../../test/factories';
import { renderApp, violations } from '../../test/render';
import { server } from '../../test/server';
import { ScheduleForm } from './components/ScheduleForm';
import { blankLine, changeOf, tellable, valuesOf, wishOf } from './model';
import { SchedulePage } from './pages/SchedulePage';

const euros = (amount: string) => ({ amount, currency: 'EUR' });
const schedule = {
  id: 's1', client_id: 'c1', client_name: 'Acme', project_id: '', project_name: '', entity_id: '', name: 'Hosting', currency: 'EUR', every: 'month', count: 1, day_of_month: 31, starts_on: '2026-03-31', ends_on: null, times: 0,
  bill_at: 'start', prorate: true, net: euros('300.00'), time: true, expenses: false, group_by: 'task', how: 'draft', terms_days: null, end_of_month: false, reference: '', note: '', state: 'active', looked: 2, next_on: '2026-05-31',
  open: 1, created_by: 'm', created_at: '2026-03-01T09:00:00Z', updated_at: '2026-03-01T09:00:00Z', version: 4,
  lines: [{ description: 'Hosting', quantity: '1', unit: '', unit_price: '300', discount_percent: '0', discount_amount: '0', tax_rate_ids: [], default_taxes: true }],
};
const period = { number: 3, from: '2026-05-31', to: '2026-06-15', days: 16, of_days: 30, issue_on: '2026-05-31', due_on: '2026-06-14', state: 'planned', lines: [{ description: 'Hosting (16 of 30 days)', amount: euros('160.00') }], net: euros('160.00'), tax: euros('30.40'), total: euros('190.40') };
const outlook = { items: [period], more: false, whole: euros('300.00'), extras: { lines: 2, entries: 5, left_out: 0, open: 1, total: euros('420.00') } };
const past = (number: number, state: string, more = {}) => ({ number, from: `2026-0${number}-01`, to: `2026-0${number}-28`, days: 28, of_days: 28, issue_on: `2026-0${number}-01`, state, invoice_id: '', invoice_number: '', invoice_status: '', total: null, code: '', why: '', decided_by: '', decided_at: '2026-03-01T09:00:00Z', ...more });

it('shows what comes, what was billed and what waits, and takes a decision', async () => {
  let decided: unknown;
  server.use(
    http.get('*/api/v1/recurring-invoices/s1', () => HttpResponse.json(schedule)),
    http.get('*/api/v1/recurring-invoices/s1/upcoming', () => HttpResponse.json(outlook)),
    http.get('*/api/v1/recurring-invoices/s1/periods', () => HttpResponse.json(pageOf([past(2, 'refused', { why: 'The client has no billing address.' }), past(1, 'billed', { invoice_id: 'i1', invoice_number: 'INV-2026-0007', invoice_status: 'paid', total: euros('357.00') })]))),
    http.post('*/api/v1/recurring-invoices/s1/decisions', async ({ request }) => {
      decided = await request.json();
      return HttpResponse.json({ ...schedule, open: 0 });
    }),
  );
  const { user } = renderApp(<SchedulePage />, { at: '/recurring/s1', path: '/recurring/:id' });
  expect(await screen.findByText('16 of 30 days')).toBeVisible();
  expect(screen.getByText(/2 more lines would come along now: .*420\.00.* 1 entry is not approved/)).toBeVisible();
  expect(await screen.findByText(/no billing address/)).toBeVisible();
  expect(screen.getByText(/INV-2026-0007 · Paid/)).toBeVisible();
  expect(screen.getByText(/A period waits for your decision/)).toBeVisible();
  expect(await violations()).toEqual([]);
  await user.click(screen.getByRole('button', { name: /^Bill: / }));
  await waitFor(() => expect(decided).toEqual({ numbers: [2], do: 'bill' }));
});

it('shows what comes next while one types, and a refusal at its field', async () => {
  server.use(
    http.get('*/api/v1/clients', () => HttpResponse.json(pageOf([]))),
    http.get('*/api/v1/projects', () => HttpResponse.json(pageOf([]))),
    http.get('*/api/v1/tax-rates', () => HttpResponse.json({ items: [] })),
    http.get('*/api/v1/legal-entities', () => HttpResponse.json({ items: [] })),
    http.post('*/api/v1/recurring-invoices/preview', ({ request }) => HttpResponse.json(new URL(request.url).searchParams.get('from') === '3' ? outlook : { ...outlook, items: [] })),
    http.patch('*/api/v1/recurring-invoices/s1', () => HttpResponse.json(problem(422, 'recurring.bad_schedule', 'No.', [{ location: 'body.lines[0].unit_price', message: 'must have at most 6 places' }]), { status: 422 })),
  );
  const { user } = renderApp(<ScheduleForm schedule={schedule as never} />);
  expect(await screen.findByText('Hosting (16 of 30 days)')).toBeVisible();
  expect(screen.queryByLabelText('Every')).toBeNull();
  await user.click(screen.getByRole('button', { name: 'Save' }));
  expect(await screen.findByText('must have at most 6 places')).toBeVisible();
});

it('sends what was typed, and of a change only what may change', () => {
  const x = valuesOf(schedule as never, '', '2026-03-01');
  expect(wishOf(x)).toMatchObject({ client_id: 'c1', every: 'month', count: 1, day_of_month: 31, starts_on: '2026-03-31' });
  expect(wishOf(x)).not.toHaveProperty('ends_on');
  expect(wishOf(x).lines?.[0]).not.toHaveProperty('tax_rate_ids');
  expect(changeOf(x, 2)).toMatchObject({ ends_on: '', times: 0, terms_days: -1 });
  expect(changeOf(x, 2)).not.toHaveProperty('every');
  expect(changeOf({ ...x, every: 'week' }, 0)).toMatchObject({ every: 'week', day_of_month: 0 });
  expect(tellable(x)).toBe(true);
  expect(tellable({ ...x, lines: [blankLine()] })).toBe(false);
});
