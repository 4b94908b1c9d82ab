import { fireEvent, screen, waitFor } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { expect, it } from 'vitest';
import { pageOf, problem } from '../../test/factories';
import { renderApp, violations } from '../../test/render';
import { server } from '../../test/server';
import { RunForm } from './components/RunForm';
import { percent } from './model';
import { RunPage } from './pages/RunPage';

const run = {
  id: 'r1', from: '2026-02-01', to: '2026-02-28', how: 'issue', issue_on: null, group_by: 'task', entity_id: '', time: true, expenses: true, fees: true, retainers: true, wait_for_approval: true, chosen: false,
  state: 'done', clients: 4, counts: { pending: 0, drafted: 0, issued: 2, nothing: 1, refused: 1, cancelled: 0 }, totals: [{ amount: '1500.00', currency: 'EUR' }], created_by: 'm', created_at: '2026-03-01T09:00:00Z', finished_at: '2026-03-01T09:00:05Z',
};
const ahead = { client_id: 'c1', client_name: 'Acme', lines: 2, entries: 8, left_out: 1, open: 0, fees: 1, fees_total: [{ amount: '4000.00', currency: 'EUR' }], total: { amount: '760.00', currency: 'EUR' }, code: '', why: '' };

it('shows what became of each client, with the reason of a refusal', async () => {
  server.use(
    http.get('*/api/v1/invoice-runs/r1', () => HttpResponse.json(run)),
    http.get('*/api/v1/invoice-runs/r1/clients', () => HttpResponse.json(pageOf([
      { client_id: 'c1', client_name: 'Acme', state: 'issued', invoice_id: 'i1', number: 'INV-2026-0007', total: { amount: '750.00', currency: 'EUR' }, left_out: 0, fees: [{ invoice_id: 'i2', number: 'INV-2026-0008', total: { amount: '4760.00', currency: 'EUR' } }], code: '', why: '' },
      { client_id: 'c2', client_name: 'Initech', state: 'refused', invoice_id: '', number: '', total: null, left_out: 0, fees: [], code: 'invoicing.no_address', why: 'The client has no billing address.' },
    ]))),
  );
  renderApp(<RunPage />, { at: '/invoice-runs/r1', path: '/invoice-runs/:id' });
  expect(await screen.findByText('4 of 4 clients')).toBeVisible();
  expect(await screen.findByText(/no billing address/)).toBeVisible();
  expect(screen.getByText(/INV-2026-0007 · Fee INV-2026-0008 .*4,760\.00/)).toBeVisible();
  expect(screen.queryByRole('button', { name: 'End the run' })).toBeNull();
  expect(await violations()).toEqual([]);
});

it('shows what a run will bill before it starts, and a refusal at its field', async () => {
  server.use(
    http.get('*/api/v1/clients', () => HttpResponse.json(pageOf([]))),
    http.post('*/api/v1/invoice-runs/preview', () => HttpResponse.json({ clients: 9, to_bill: 1, items: [ahead], next: null })),
    http.post('*/api/v1/invoice-runs', () => HttpResponse.json(problem(422, 'runs.bad_run', 'No.', [{ location: 'body.to', message: 'is before the start' }]), { status: 422 })),
  );
  const { user } = renderApp(<RunForm />);
  expect(await screen.findByText('1 client of 9 has approved work or fees that are due')).toBeVisible();
  expect(screen.getByText(/1 record left out · 1 fee of a retainer besides: .*4,000\.00/)).toBeVisible();
  await user.click(screen.getByRole('button', { name: 'Start the run' }));
  await waitFor(() => expect(screen.getByText('is before the start')).toBeVisible());
});

it('says at the field that a period ends before it begins, and asks for no look ahead', async () => {
  let asked = 0;
  server.use(
    http.get('*/api/v1/clients', () => HttpResponse.json(pageOf([]))),
    http.post('*/api/v1/invoice-runs/preview', () => { asked++; return HttpResponse.json({ clients: 9, to_bill: 1, items: [ahead], next: null }); }),
  );
  renderApp(<RunForm />);
  await screen.findByText('1 client of 9 has approved work or fees that are due');
  const before = asked;
  fireEvent.change(screen.getByLabelText(/^From/), { target: { value: '2999-01-01' } });
  expect(await screen.findByText('Not before the first day')).toBeVisible();
  expect(await screen.findByText('Choose the days to see whom it is about')).toBeVisible();
  expect(asked).toBe(before);
});

it('counts those that wait as not done', () => {
  expect(percent({ ...run, counts: { ...run.counts, pending: 3 } } as never)).toBe(25);
  expect(percent({ ...run, clients: 0 } as never)).toBe(100);
});
