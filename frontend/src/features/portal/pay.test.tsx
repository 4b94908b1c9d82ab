import { screen } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { expect, it, vi } from 'vitest';
import { session } from '../../shared/api/session';
import { renderApp, violations } from '../../test/render';
import { server } from '../../test/server';
import { Pay } from './components/Pay';

const usd = (amount: string) => ({ amount, currency: 'USD' });
const payable = (over: object) => http.get('*/api/v1/portal/invoices/i1/payable', () => HttpResponse.json({ offered: true, parts: false, open: usd('1200.00'), under_way: usd('0.00'), last: null, ...over }));

it('leads to the page on which all that is open is paid', async () => {
  const go = vi.spyOn(session, 'go').mockImplementation(() => {});
  server.use(payable({}), http.post('*/api/v1/portal/invoices/i1/pay', () => HttpResponse.json({ url: 'https://pay.test/1' })));
  const { user } = renderApp(<Pay id="i1" status="open" />);
  await user.click(await screen.findByRole('button', { name: 'Pay $1,200.00 now' }));
  await vi.waitFor(() => expect(go).toHaveBeenCalledWith('https://pay.test/1'));
  expect(screen.queryByRole('button', { name: 'Pay a part' })).toBeNull();
  expect(await violations()).toEqual([]);
});

it('says what became of a payment, and offers what is left', async () => {
  server.use(payable({ parts: true, open: usd('700.00'), last: { id: 'a', state: 'failed', amount: usd('500.00'), method: '', failure: 'Your card was declined.', at: '2026-03-01T10:00:00Z' } }));
  renderApp(<Pay id="i1" status="partly_paid" />);
  expect(await screen.findByText('Your payment of $500.00 did not go through. Your card was declined. Nothing was charged, and you can try again.')).toBeVisible();
  expect(screen.getByRole('button', { name: 'Pay a part' })).toBeVisible();
});

it('says that a card was declined on a page that is open still', async () => {
  server.use(payable({ last: { id: 'a', state: 'open', amount: usd('1200.00'), method: '', failure: 'Your card was declined.', at: '2026-03-01T10:00:00Z' } }));
  renderApp(<Pay id="i1" status="open" />);
  expect(await screen.findByText(/did not go through\. Your card was declined\. Nothing was charged/)).toBeVisible();
  expect(screen.getByRole('button', { name: 'Pay $1,200.00 now' })).toBeVisible();
});

it('waits after the way back, and offers nothing meanwhile', async () => {
  server.use(payable({ last: { id: 'a', state: 'open', amount: usd('1200.00'), method: '', failure: '', at: '2026-03-01T10:00:00Z' } }));
  renderApp(<Pay id="i1" status="open" />, { at: '/?paid=a' });
  expect(await screen.findByText('Waiting for the confirmation of your payment of $1,200.00…')).toBeVisible();
  expect(screen.queryByRole('button')).toBeNull();
});
