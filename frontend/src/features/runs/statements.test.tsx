import { screen, waitFor } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { expect, it } from 'vitest';
import { pageOf, problem } from '../../test/factories';
import { renderApp, violations } from '../../test/render';
import { server } from '../../test/server';
import { StatementsForm } from './components/StatementsForm';
import { StatementRunPage } from './pages/StatementRunPage';

const money = (amount: string) => ({ amount, currency: 'EUR' });
const skipped = { no_balance: 2, no_contact: 1, already_sent: 0, archived: 0, left_out: 0 };
const acme = { client_id: 'c1', client_name: 'Acme', open: [money('500.00')], late: [money('200.00')], recipients: ['bill@acme.test'], reason: '' };
const initech = { ...acme, client_id: 'c2', client_name: 'Initech', late: [money('0.00')], recipients: ['pay@initech.test'] };
const globex = { ...acme, client_id: 'c3', client_name: 'Globex', recipients: [], reason: 'no_contact' };

it('shows who gets a statement and who does not, lets one be left out, asks, and shows a refusal at its field', async () => {
  const sent: unknown[] = [];
  server.use(
    http.post('*/api/v1/statement-runs/preview', async ({ request }) => {
      const { leave_out: left = [] } = (await request.json()) as { leave_out?: string[] };
      const items = new URL(request.url).searchParams.get('show') === 'skipped' ? [globex] : [acme, initech].map((a) => (left.includes(a.client_id) ? { ...a, reason: 'left_out' } : a));
      return HttpResponse.json({ from: '2026-02-01', to: '2026-02-28', send: 2 - left.length, skipped: { ...skipped, left_out: left.length }, items, next: null });
    }),
    http.post('*/api/v1/statement-runs', async ({ request }) => {
      sent.push(await request.json());
      return HttpResponse.json(problem(422, 'invoicing.bad_period', 'No.', [{ location: 'body.to', message: 'is in the future' }]), { status: 422 });
    }),
  );
  const { user } = renderApp(<StatementsForm />);
  expect(await screen.findByRole('tab', { name: 'Gets one 2' })).toBeVisible();
  expect(screen.getByText('bill@acme.test')).toBeVisible();
  expect(await violations()).toEqual([]);
  await user.click(screen.getAllByRole('button', { name: 'Leave out' })[1]!);
  expect(await screen.findByRole('tab', { name: 'Gets one 1' })).toBeVisible();
  expect(screen.getByText('Left out')).toBeVisible();
  await user.click(screen.getByRole('tab', { name: 'Gets none 3' }));
  expect(await screen.findByText('No contact')).toBeVisible();
  await user.click(await screen.findByRole('button', { name: 'Send 1 statement' }));
  expect(await screen.findByRole('alertdialog', { name: 'Send 1 statement?' })).toBeVisible();
  expect(sent).toEqual([]);
  await user.click(screen.getByRole('button', { name: 'Send 1 statement' }));
  await waitFor(() => expect(screen.getByText('is in the future')).toBeVisible());
  expect(sent).toMatchObject([{ who: 'open', leave_out: ['c2'] }]);
});

it('shows what became of each client, and a mail that is still under way', async () => {
  server.use(
    http.get('*/api/v1/statement-runs/s1', () => HttpResponse.json({
      id: 's1', from: '2026-02-01', to: '2026-02-28', who: 'open', monthly: true, state: 'done', clients: 4, counts: { pending: 0, sent: 2, skipped: 1, refused: 1, cancelled: 0 },
      skipped: { ...skipped, no_balance: 0 }, created_by: '', created_at: '2026-03-01T09:00:00Z', finished_at: '2026-03-01T09:00:05Z',
    })),
    http.get('*/api/v1/statement-runs/s1/clients', () => HttpResponse.json(pageOf([
      { ...acme, state: 'sent', sent_at: '2026-03-01T09:00:03Z', code: '', why: '' },
      { ...initech, state: 'sent', sent_at: null, code: '', why: '' },
      { ...globex, state: 'skipped', sent_at: null, code: '', why: '' },
      { ...acme, client_id: 'c4', client_name: 'Hooli', recipients: [], state: 'refused', sent_at: null, code: 'x', why: 'The mail is too large.' },
    ]))),
  );
  renderApp(<StatementRunPage />, { at: '/statement-runs/s1', path: '/statement-runs/:id' });
  expect(await screen.findByText('4 of 4 clients')).toBeVisible();
  expect(await screen.findByText('On its way')).toBeVisible();
  expect(screen.getByText('The mail is too large.')).toBeVisible();
  expect(screen.getByText('No contact 1')).toBeVisible();
  expect(screen.getByText(/By itself, every month/)).toBeVisible();
  expect(await violations()).toEqual([]);
});
