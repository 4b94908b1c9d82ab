import { screen } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { expect, it } from 'vitest';
import type { PortalInvoice } from '../../shared/api/gen/portal.gen';
import { problem } from '../../test/factories';
import { renderApp, violations } from '../../test/render';
import { server } from '../../test/server';
import { screenWidth } from '../../test/setup';
import { InvoiceTable } from './components/InvoiceTable';
import { OverviewPage } from './pages/OverviewPage';

const usd = (amount: string) => ({ amount, currency: 'USD' });
const invoice = (over: Partial<PortalInvoice>) => ({ id: 'i1', kind: 'invoice', number: 'INV-1', issue_on: '2026-03-01', due_on: '2026-03-15', total: usd('500.00'), balance: usd('500.00'), status: 'open', ...over }) as PortalInvoice;

it('says of a deposit when it is due and what is to pay, and neither of a credit note', async () => {
  renderApp(<InvoiceTable empty="" rows={[invoice({ kind: 'deposit' }), invoice({ id: 'i2', kind: 'credit_note', number: 'CN-1', due_on: '2026-03-16', balance: usd('70.00') })]} />);
  expect(await screen.findByText('15 Mar 2026')).toBeVisible();
  expect(screen.getAllByText('$500.00')).toHaveLength(2);
  expect(screen.queryByText('16 Mar 2026')).toBeNull();
  expect(screen.queryByText('$70.00')).toBeNull();
});

it('says on phones what is open of an invoice that was paid in part', async () => {
  screenWidth.px = 390;
  renderApp(<InvoiceTable empty="" rows={[invoice({ balance: usd('120.00') })]} />);
  expect(await screen.findByText('Due: 15 Mar 2026 · To pay: $120.00')).toBeVisible();
});

it('has a heading where the portal is closed for the client', async () => {
  const closed = () => HttpResponse.json(problem(403, 'access.forbidden', 'You may not do this.'), { status: 403 });
  server.use(http.get('*/api/v1/portal/overview', closed), http.get('*/api/v1/portal/milestones', closed));
  renderApp(<OverviewPage />);
  expect(await screen.findByRole('heading', { level: 1, name: 'Overview' })).toBeVisible();
  expect(screen.getByText(/You may not do this/)).toBeVisible();
  expect(await violations()).toEqual([]);
});
