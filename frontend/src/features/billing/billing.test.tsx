import { screen, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { beforeEach, expect, it } from 'vitest';
import { problem } from '../../test/factories';
import { renderApp, violations } from '../../test/render';
import { server } from '../../test/server';
import { monthly, type Bill, type Plan } from './model';
import { BillingPage } from './pages/BillingPage';

const plans: Plan[] = [
  { id: 'starter', name: 'Starter', price: '29.00', currency: 'USD', max_seats: 10, features: [] },
  { id: 'professional', name: 'Professional', price: '49.00', currency: 'USD', max_seats: null, features: ['api_tokens'] },
];
const access = { level: 'full', plan: 'professional', max_seats: null, seat_limit: null, features: ['api_tokens'], reasons: ['in_order'], until: null, next: '' } as const;
const paid: Bill = {
  access: { ...access, features: ['api_tokens'], reasons: ['in_order'] }, status: 'active', plan: 'professional', paid_plan: 'professional', seats_billed: 3, seats_paid: 4, seats_used: 3, seats_reserved: 1,
  period_start: '2026-11-01T00:00:00Z', period_end: '2026-12-01T00:00:00Z', trial_ends_at: null, cancel_at_period_end: false, pending_until: null, renewal: '147.00', currency: 'USD', subscribed: true, payment_failed: false, by_quarter: false,
};
let bill: Bill;

beforeEach(() => {
  bill = paid;
  server.use(
    http.get('*/api/v1/billing', () => HttpResponse.json(bill)),
    http.get('*/api/v1/billing/plans', () => HttpResponse.json({ items: plans })),
    http.get('*/api/v1/billing/seats', () => HttpResponse.json({ items: [{ at: '2026-11-01T00:00:00Z', active: 1, reserved: 0, reason: 'joined' }] })),
    http.get('*/api/v1/billing/invoices', () => HttpResponse.json({ items: [], next: null })),
  );
});

it('shows plan, seats and the next renewal', async () => {
  renderApp(<BillingPage />);
  expect(await screen.findByText('3 / 4')).toBeVisible();
  expect(screen.getByText('3 used, 1 kept for invitations')).toBeVisible();
  expect(screen.getByText('$147.00')).toBeVisible();
  expect(await screen.findByText('No invoices yet')).toBeVisible();
  expect(await violations()).toEqual([]);
});

it('says what a smaller plan stops before it is chosen, and shows a refusal', async () => {
  server.use(
    http.post('*/api/v1/billing/preview', () =>
      HttpResponse.json({ today: '0.00', at_once: false, renewal: '87.00', renewal_at: '2026-12-01T00:00:00Z', currency: 'USD', lost: ['api_tokens'], ends_at: '2026-12-01T00:00:00Z', lines: [] }),
    ),
    http.post('*/api/v1/billing/change', () => HttpResponse.json(problem(409, 'billing.changing', 'Another change waits for its payment.'), { status: 409 })),
  );
  const { user } = renderApp(<BillingPage />);
  await user.click(await screen.findByRole('button', { name: 'Choose Starter' }));
  const dialog = await screen.findByRole('dialog');
  expect(await within(dialog).findByText(/this stops: API tokens/)).toBeVisible();
  expect(within(dialog).getByText('Nothing: paid for this period already')).toBeVisible();
  await user.click(within(dialog).getByRole('button', { name: 'Change' }));
  expect(await within(dialog).findByText('Another change waits for its payment.')).toBeVisible();
});

it('says that a smaller plan comes, and offers to keep the larger one', async () => {
  bill = { ...paid, plan: 'starter', renewal: '87.00', access: { ...paid.access, seat_limit: 10 } };
  const asked: unknown[] = [];
  server.use(
    http.post('*/api/v1/billing/preview', async ({ request }) => {
      asked.push(await request.json());
      return HttpResponse.json({ today: '0.00', at_once: false, renewal: '147.00', renewal_at: '2026-12-01T00:00:00Z', currency: 'USD', lost: [], ends_at: null, lines: [] });
    }),
  );
  const { user } = renderApp(<BillingPage />);
  expect(await screen.findByText(/Your plan changes to Starter on 1 Dec 2026.* It holds 10 people/)).toBeVisible();
  await user.click(await screen.findByRole('button', { name: 'Change seats' })); // of what is billed from then on
  expect(await screen.findByRole('dialog', { name: 'Change seats' })).toBeVisible();
  await expect.poll(() => asked).toContainEqual({ plan: 'starter', seats: 3 });
  await user.click(screen.getByRole('button', { name: 'Cancel' }));
  await user.click(screen.getByRole('button', { name: 'Keep Professional' }));
  expect(await screen.findByRole('dialog', { name: 'Change to Professional' })).toBeVisible();
  await expect.poll(() => asked).toContainEqual({ plan: 'professional', seats: 3 });
});

it('renews nothing that was canceled', async () => {
  bill = { ...paid, plan: 'starter', renewal: '0.00', cancel_at_period_end: true, access: { ...paid.access, reasons: ['ends_at_period_end'] } };
  renderApp(<BillingPage />);
  expect(await screen.findByText('ends on 1 Dec 2026')).toBeVisible();
  expect(screen.getByText('None')).toBeVisible();
  expect(screen.queryByText(/changes to Starter|Starter from/)).toBeNull();
  expect(screen.queryByText('$0.00')).toBeNull();
});

it('offers to pay when a payment is late', async () => {
  bill = { ...paid, status: 'past_due', access: { ...paid.access, level: 'read_only', reasons: ['payment_past_due'] } };
  renderApp(<BillingPage />);
  expect(await screen.findByText(/The last payment failed/)).toBeVisible();
  expect(await screen.findByRole('button', { name: 'Pay now' })).toBeVisible();
});

it('multiplies to the cent', () => {
  const plan = { ...plans[0], price: '29.10' } as Plan;
  expect(monthly(plan, 3)).toBe('87.30');
  expect(monthly(plan, 333)).toBe('9690.30');
});
