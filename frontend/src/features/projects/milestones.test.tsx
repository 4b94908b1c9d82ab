import { screen, waitFor } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { expect, it } from 'vitest';
import { pageOf } from '../../test/factories';
import { renderApp, violations } from '../../test/render';
import { server } from '../../test/server';
import { BillingTab } from './components/BillingTab';

it('says that the client was not told that a milestone is ready again, and sends it again', async () => {
  const eur = (amount: string) => ({ amount, currency: 'EUR' });
  const round = {
    text: 'Bigger', asked_by: 'Pia', asked_at: '2026-03-02T09:00:00Z', ready_at: '2026-03-03T09:00:00Z', ready_by: 'Olivia Owner', note: 'Done',
    failed_at: '2026-03-05T09:30:00Z' as string | null, failure: 'The mail server refused it: 550 no such box',
  };
  const part = { id: 'p1', name: 'Design', percent: null, amount: eur('1000.00'), billed: eur('0.00'), left: eur('1000.00'), due_on: null, accepted_at: null, accepted_by: '', accepted_kind: '', order_id: null, changes_asked: false, rounds: [round] };
  const fee = {
    id: 'f1', project_id: 'pr1', client_id: 'c1', name: 'App', kind: 'milestones', agreed: eur('1000.00'), contract: eur('1000.00'), billed: eur('0.00'), left: eur('1000.00'), due: eur('0.00'), percent: '0', retain_percent: '0',
    held: eur('0.00'), released: eur('0.00'), retained: eur('0.00'), covers: 'project', task_ids: [], parts: [part], orders: [], archived_at: null, version: 1, created_at: '2026-03-01T09:00:00Z', updated_at: '2026-03-01T09:00:00Z',
  };
  let asked = 0;
  server.use(
    http.get('*/api/v1/fees', () => HttpResponse.json(pageOf([fee]))),
    http.post('*/api/v1/fee-parts/p1/tell-again', () => {
      asked += 1;
      Object.assign(round, { failed_at: null, failure: '' });
      return HttpResponse.json(fee);
    }),
  );
  const { user } = renderApp(<BillingTab project={{ id: 'pr1', client_id: 'c1', state: 'active' } as never} />);
  const said = await screen.findByText(/^The mail to Pia that it is ready again could not be delivered on 5 Mar 2026.*550 no such box/);
  expect(await violations()).toEqual([]);
  await user.click(screen.getByRole('button', { name: 'Send again that Design is ready' }));
  await waitFor(() => expect(said).not.toBeInTheDocument());
  expect(asked).toBe(1);
});
