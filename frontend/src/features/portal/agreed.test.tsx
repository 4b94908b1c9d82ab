import { screen, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { expect, it } from 'vitest';
import type { PortalMilestone } from '../../shared/api/gen/portal.gen';
import { renderApp, violations } from '../../test/render';
import { server } from '../../test/server';
import { Milestones } from './components/Milestones';
import { AccountPage } from './pages/AccountPage';

const eur = (amount: string) => ({ amount, currency: 'EUR' });
const rows = [
  { id: 'm1', project_id: 'p1', project_name: 'Relaunch', name: 'Design', amount: eur('4000.00'), due_on: '2026-04-01', accepted_at: null, accepted_by: '', billed: false, state: 'open', rounds: [], version: 3 },
  { id: 'm2', project_id: 'p1', project_name: 'Relaunch', name: 'Concept', amount: eur('1000.00'), due_on: null, accepted_at: '2026-03-02T10:00:00Z', accepted_by: 'Cleo', billed: true, state: 'billed', rounds: [{ text: 'More colour', asked_by: 'Cleo', asked_at: '2026-03-01T10:00:00Z', ready_at: '2026-03-01T18:00:00Z', ready_by: 'Mona', note: 'It is blue now' }], version: 4 },
] as unknown as PortalMilestone[];

it('accepts a milestone after it asked', async () => {
  const accepted: string[] = [];
  server.use(http.post('*/api/v1/portal/milestones/:id/accept', ({ params }) => {
    accepted.push(String(params['id']));
    return HttpResponse.json({ ...rows[0], accepted_at: '2026-03-05T10:00:00Z', accepted_by: 'Cleo', state: 'accepted' });
  }));
  const { user } = renderApp(<Milestones rows={rows} />);
  expect(screen.getByText('Billed')).toBeVisible();
  expect(await violations()).toEqual([]);
  await user.click(screen.getByRole('button', { name: 'Accept Design' }));
  const dialog = await screen.findByRole('alertdialog', { name: 'Accept Design?' });
  expect(within(dialog).getByText(/4,000.00/)).toBeVisible();
  await user.click(within(dialog).getByRole('button', { name: 'Accept' }));
  expect(await screen.findByText('Milestone accepted')).toBeVisible();
  expect(accepted).toEqual(['m1']);
});

it('asks for changes to the milestone that was seen, and shows what was said before', async () => {
  const asked: unknown[] = [];
  server.use(http.post('*/api/v1/portal/milestones/:id/changes', async ({ request }) => {
    asked.push(await request.json());
    return asked.length === 1
      ? HttpResponse.json({ title: 'Conflict', status: 409, code: 'fees.milestone_moved', detail: 'This milestone was changed meanwhile. Look at it again.' }, { status: 409, headers: { 'Content-Type': 'application/problem+json' } })
      : HttpResponse.json({ ...rows[0], state: 'changes_asked' });
  }));
  const { user } = renderApp(<Milestones rows={rows} />);
  expect(within(screen.getByRole('list', { name: 'What was said about Concept' })).getByText('It is blue now')).toBeVisible();
  await user.click(screen.getByRole('button', { name: 'Ask for changes to Design' }));
  const dialog = await screen.findByRole('dialog', { name: 'What is to be different about Design?' });
  const send = within(dialog).getByRole('button', { name: 'Ask for changes' });
  await user.click(send);
  expect(await within(dialog).findByText('Please fill this in')).toBeVisible();
  await user.type(within(dialog).getByLabelText(/Changes/), ' The logo is too small ');
  await user.click(send);
  expect(await within(dialog).findByText('This milestone was changed meanwhile. Look at it again.')).toBeVisible();
  expect(await violations()).toEqual([]);
  await user.click(send);
  expect(await screen.findByText('Your wishes were sent')).toBeVisible();
  const said = { text: 'The logo is too small', version: 3 };
  expect(asked).toEqual([said, said]);
});

it('shows what is open by how late it is, and how it came to that', async () => {
  server.use(http.get('*/api/v1/portal/account', () => HttpResponse.json({
    from: '2026-01-01', to: '2026-03-31',
    currencies: [{
      currency: 'EUR', opening: eur('0.00'), closing: eur('60.00'), open: eur('60.00'), credit: eur('0.00'), ageing: [eur('0.00'), eur('60.00'), eur('0.00'), eur('0.00'), eur('0.00')],
      movements: [
        { on: '2026-02-01', kind: 'invoice', invoice_id: 'i1', number: 'INV-1', amount: eur('100.00'), balance: eur('100.00') },
        { on: '2026-02-20', kind: 'payment', invoice_id: '', number: '', amount: eur('-40.00'), balance: eur('60.00') },
      ],
    }],
  })));
  renderApp(<AccountPage />);
  expect(await screen.findByText('As known at the end of 31 Mar 2026')).toBeVisible();
  expect(screen.getByRole('link', { name: 'INV-1' })).toHaveAttribute('href', '/portal/invoices/i1');
  expect(screen.getByRole('link', { name: 'Open PDF' })).toHaveAttribute('href', '/api/v1/portal/account/pdf?');
  expect(screen.getByText('Closing balance')).toBeVisible();
  expect(await violations()).toEqual([]);
});
