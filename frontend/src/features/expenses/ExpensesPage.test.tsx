import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { beforeEach, expect, it } from 'vitest';
import type { ExpenseView } from '../../shared/api/gen/expenses.gen';
import { pageOf, problem } from '../../test/factories';
import { renderApp, violations } from '../../test/render';
import { server } from '../../test/server';
import { screenWidth } from '../../test/setup';
import { addDays } from '../../shared/lib/dates';
import { stay, valuesOf } from './model';
import { ExpensesPage } from './pages/ExpensesPage';

const money = (amount: string) => ({ amount, currency: 'EUR' });

const expense = (over: Partial<ExpenseView> = {}): ExpenseView => ({
  id: 'x1', member_id: 'm1', kind: 'receipt', day: '2026-03-02', category_id: 'c1', category_name: 'Hotel', account_code: '', client_id: null, client_name: '', project_id: null, project_code: '', project_name: '',
  merchant: 'Hotel am Park', note: '', gross: money('119.00'), tax_percent: '7', tax: money('7.79'), tax_by_hand: false, net: money('111.21'), exchange_rate: null, exchange_source: '', exchange_on: null, base: money('119.00'),
  billable: false, markup_percent: '0', markup_source: 'category', reimbursable: true, reimbursement: null, invoice_id: null, mileage: null, per_diem: null, findings: [], receipts: [], state: 'draft', billing: 'none', repayment: 'none',
  reject_reason: '', exception_reason: '', submitted_at: null, decided_at: null, decided_by: null, editable: true, created_at: '', updated_at: '', version: 1, ...over,
} as ExpenseView);

const totals = { count: 1, drafts: 1, waiting: 0, gross: [money('119.00')], base: [money('119.00')], owed: [], to_bill: [] };
let rows: ExpenseView[] = [];
let sent: { url: string; body: unknown }[] = [];

beforeEach(() => {
  rows = [expense()];
  sent = [];
  const keep = async (request: Request) => { sent.push({ url: new URL(request.url).pathname, body: await request.clone().json().catch(() => null) }); };
  server.use(
    http.get('*/api/v1/expenses', () => HttpResponse.json(pageOf(rows))),
    http.get('*/api/v1/expenses/summary', () => HttpResponse.json(totals)),
    http.get('*/api/v1/expense-categories', () => HttpResponse.json({ items: [{ id: 'c1', name: 'Hotel', billable: true, version: 1 }] })),
    http.get('*/api/v1/allowance-rates', () => HttpResponse.json({ items: [] })),
    http.get('*/api/v1/projects', () => HttpResponse.json(pageOf([]))),
    http.get('*/api/v1/members', () => HttpResponse.json(pageOf([{ id: 'm2', name: 'Ann Ray', kind: 'staff', state: 'active' }]))),
    http.post('*/api/v1/expenses/figure', () => HttpResponse.json(expense({ findings: [{ code: 'over_limit', field: 'body.gross', text: 'is 119.00 EUR, more than the limit of 100.00 EUR', refuses: false }] }))),
    http.post('*/api/v1/expenses', async ({ request }) => { await keep(request); return HttpResponse.json(expense(), { status: 201 }); }),
    http.put('*/api/v1/expenses/:id', async ({ request }) => { await keep(request); return HttpResponse.json(expense({ version: 2 })); }),
    http.post('*/api/v1/expenses/:id/:act', async ({ request }) => { await keep(request); return HttpResponse.json(expense({ state: 'submitted' })); }),
  );
});

const open = (at = '/expenses') => renderApp(<ExpensesPage />, { at, path: '/expenses' });

it('lists one’s own expenses with their sums, and passes axe', async () => {
  open();
  expect(await screen.findByText('Hotel · Hotel am Park')).toBeVisible();
  expect(await screen.findByText('Drafts to fill in')).toBeVisible();
  expect(await violations()).toEqual([]);
});

it('shows cards on a phone', async () => {
  screenWidth.px = 390;
  open();
  expect(await screen.findByText('Hotel · Hotel am Park')).toBeVisible();
  expect(await violations()).toEqual([]);
});

it('makes a draft of each file, one after the other, and tells of each', async () => {
  let n = 0;
  server.use(http.post('*/api/v1/expenses/receipts', () => (++n === 2 ? HttpResponse.json(problem(422, 'file.scan_type', 'Only photos and PDF files can be used.'), { status: 422 }) : HttpResponse.json(expense({ id: `n${n}` }), { status: 201 }))));
  open();
  await screen.findByText('Hotel · Hotel am Park');
  const file = (name: string, type: string) => new File(['x'], name, { type });
  fireEvent.change(screen.getByLabelText('Choose files', { selector: 'input' }), { target: { files: [file('a.jpg', 'image/jpeg'), file('b.pdf', 'application/pdf'), file('c.txt', 'text/plain')] } });
  const list = await screen.findByRole('list', { name: 'Files' });
  await waitFor(() => expect(within(list).getByText(/is a draft now/)).toBeVisible());
  expect(await within(list).findByText(/Only photos and PDF files can be used/)).toBeVisible();
  expect(within(list).getByText(/is neither a photo nor a PDF/)).toBeVisible();
  expect(n).toBe(2);
  expect(screen.getByText('1 draft made')).toBeVisible();
});

it('hands a new expense in, and shows a warning of the policy at its field', async () => {
  const { user } = open('/expenses?new=1');
  await user.type(await screen.findByLabelText(/Amount, tax included/), '119');
  expect(await screen.findByText(/more than the limit of 100.00 EUR/)).toBeVisible();
  await user.click(screen.getByRole('combobox', { name: /Category/ }));
  await user.click(await screen.findByRole('option', { name: 'Hotel' }));
  await user.click(screen.getByRole('button', { name: 'Hand in' }));
  await waitFor(() => expect(sent.map((x) => x.url)).toEqual(['/api/v1/expenses', '/api/v1/expenses/x1/submit']));
  expect(sent[0]?.body).toMatchObject({ kind: 'receipt', gross: '119', category_id: 'c1', reimbursable: true });
});

it('keeps what was refused as the draft that it is, with the refusal at its field', async () => {
  server.use(http.post('*/api/v1/expenses/:id/submit', () => HttpResponse.json(problem(422, 'expenses.against_policy', 'The agency’s policy refuses this expense.', [{ location: 'body.gross', message: 'is more than the limit of 50.00 EUR' }]), { status: 422 })));
  const { user } = open('/expenses?new=1');
  await user.type(await screen.findByLabelText(/Amount, tax included/), '119');
  await user.click(screen.getByRole('combobox', { name: /Category/ }));
  await user.click(await screen.findByRole('option', { name: 'Hotel' }));
  await user.click(screen.getByRole('button', { name: 'Hand in' }));
  expect(await screen.findByText('is more than the limit of 50.00 EUR')).toBeVisible();
  await user.click(screen.getByRole('button', { name: 'Save draft' }));
  await waitFor(() => expect(sent.map((x) => x.url)).toEqual(['/api/v1/expenses', '/api/v1/expenses/x1']));
});

it('approves many and tells what became of each', async () => {
  rows = [expense({ id: 'a', member_id: 'm2', state: 'submitted' }), expense({ id: 'b', member_id: 'm2', state: 'submitted', merchant: 'Bistro' })];
  server.use(http.post('*/api/v1/expenses/b/approve', () => HttpResponse.json(problem(412, 'request.stale', 'This was changed meanwhile.'), { status: 412 })));
  const { user } = open('/expenses?tab=waiting');
  for (const box of await screen.findAllByRole('checkbox')) await user.click(box);
  await user.click(screen.getByRole('button', { name: 'Approve 2' }));
  expect(await screen.findByText('Ann Ray, Hotel · Hotel am Park: approved')).toBeVisible();
  expect(screen.getByText(/Ann Ray, Hotel · Bistro: .+/)).toBeVisible();
});

it('counts arrival and departure as half days', () => {
  const days = stay('2026-03-02', '2026-03-04', [], (d) => addDays(d, 1));
  expect(days.map((d) => [d.day, d.half])).toEqual([['2026-03-02', true], ['2026-03-03', false], ['2026-03-04', true]]);
});

it('leaves the markup to the client or the category, and keeps what was typed in', () => {
  const blank = { day: '2026-03-02', currency: 'EUR' };
  const typed = (over: Partial<ExpenseView>) => valuesOf(expense({ markup_percent: '12.5', ...over }), blank).markup_percent;
  expect(typed({ markup_source: 'expense' })).toBe('12.5');
  expect(typed({ markup_source: '' })).toBe('12.5');
  expect(typed({ markup_source: 'client' })).toBeNull();
  expect(typed({ markup_source: 'category' })).toBeNull();
});
