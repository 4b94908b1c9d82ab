import { screen, waitFor, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { expect, it, vi } from 'vitest';
import { addFigures, formatFigure, usage } from '../../shared/lib/figures';
import { problem } from '../../test/factories';
import { renderApp, violations } from '../../test/render';
import { server } from '../../test/server';
import { AdjustDialog } from './components/AmountDialogs';
import { Bar } from './components/Bar';
import { RetainerPage } from './pages/RetainerPage';
import { StatementPage } from './pages/StatementPage';

const h = (hours: number) => ({ seconds: hours * 3600, value: null });
const period = {
  id: 'p2', retainer_id: 'r1', number: 2, from_on: '2026-02-01', to_on: '2026-02-28', state: 'closed', opening: h(10), granted: h(40), adjusted: h(-4), used: h(50), overage: h(6), expired: h(0), closing: h(2),
  percent: 109, fee: null, invoice_id: null, closed_at: '2026-03-11T00:00:00Z',
};

it('shows an account that adds up, and the time behind it', async () => {
  server.use(
    http.get('*/api/v1/retainer-periods/:id', () => HttpResponse.json({
      name: 'Support', client_name: 'Acme', project_name: '', unit: 'hours', overage: 'rate', period,
      given: [{ id: 'g', kind: 'grant', on: '2026-02-01', until: null, figure: h(40), reason: '' }, { id: 'a', kind: 'adjustment', on: '2026-02-03', until: null, figure: h(-4), reason: 'Agreed by phone' }, { id: 'r', kind: 'returned', on: '2026-02-05', until: null, figure: h(0), reason: 'Invoice INV-7 was voided' }], expiries: [],
    })),
    http.get('*/api/v1/retainer-periods/:id/entries', () => HttpResponse.json({ items: [{ id: 'e1', day: '2026-02-10', member: 'Ada', project: 'Website', task: 'Forms', note: 'fields', late: false, figure: h(50), over: h(6) }], next: null })),
  );
  const { user } = renderApp(<StatementPage />, { at: '/retainers/r1/periods/p2', path: '/retainers/:id/periods/:period' });
  const account = await screen.findByRole('table', { name: 'Support' });
  const line = (name: RegExp) => within(account).getByRole('row', { name });
  expect(line(/Rolled over/)).toHaveTextContent('10:00 h');
  expect(line(/Adjust/)).toHaveTextContent(/− 4:00 h$/);
  expect(line(/Used/)).toHaveTextContent('− 50:00 h');
  expect(line(/Beyond it/)).toHaveTextContent('+ 6:00 h');
  expect(line(/Left at the end/)).toHaveTextContent('2:00 h');
  expect(screen.getByText(/Agreed by phone/).closest('li')).toHaveTextContent(/− 4:00 h$/);
  expect(screen.getByText(/INV-7 was voided/).closest('li')).toHaveTextContent(/Block taken back.*− 0:00 h$/);
  expect(await screen.findByText('Ada')).toBeVisible();
  expect(await violations()).toEqual([]);
  const open = vi.spyOn(window, 'open').mockReturnValue(null);
  for (const [name, query] of [['As the client sees it', ''], ['With people and notes', '?names=true']] as const) {
    await user.click(screen.getByRole('button', { name: 'PDF' }));
    await user.click(await screen.findByRole('menuitem', { name }));
    expect(open).toHaveBeenLastCalledWith(`/api/v1/retainer-periods/p2/pdf${query}`, '_blank', 'noopener');
  }
});

it('says at the field why an adjustment is refused', async () => {
  server.use(http.post('*/api/v1/retainers/:id/adjustments', () => HttpResponse.json(problem(422, 'retainers.bad_adjustment', 'No.', [{ location: 'body.amount', message: 'is nothing' }]), { status: 422 })));
  const { user } = renderApp(<AdjustDialog retainer={{ id: 'r1', name: 'Support', unit: 'hours', currency: 'EUR' } as never} onClose={() => {}} />);
  const dialog = await screen.findByRole('dialog');
  await user.type(within(dialog).getByLabelText(/^Amount/), '0');
  await user.type(within(dialog).getByLabelText(/^Reason/), 'Nothing');
  await user.click(within(dialog).getByRole('button', { name: 'Save' }));
  await waitFor(() => expect(within(dialog).getByText('is nothing')).toBeVisible());
});

it('adds amounts of money without losing a cent', () => {
  const m = (amount: string) => ({ seconds: null, value: { amount, currency: 'EUR' } });
  expect(addFigures(m('0.10'), [1, m('0.20')], [-1, m('1000.35')]).value?.amount).toBe('-1000.05');
  expect(formatFigure(addFigures(h(1), [-1, h(2)]))).toBe('-1:00 h');
});

it('drafts the invoice of a block again that came to nothing', async () => {
  const block = { id: 'b1', figure: h(10), price: { amount: '900.00', currency: 'EUR' }, counts_from: 'issued', counts_on: null as string | null, expires_on: '2026-12-31', invoice_id: null as string | null, unbilled: true, created_at: '2026-02-01T08:00:00Z' };
  let asked = '';
  server.use(
    http.get('*/api/v1/retainers/:id', () => HttpResponse.json({
      id: 'r1', client_id: 'c1', client_name: 'Acme', project_id: null, project_name: '', name: 'Support', unit: 'hours', currency: 'EUR', every: 'month', anchor_on: '2026-01-01', starts_on: '2026-01-01', ends_on: null, prorate_first: false,
      granted: h(0), fee: null, rollover: 'all', rollover_cap: null, rollover_periods: null, deficit: 'carry', deficit_limit: null, overage: 'rate', overage_rate: null, alert: null, low_since: null, lead_days: 0, grace_days: 10,
      shown_to_client: true, current: null, version: 1,
    })),
    http.get('*/api/v1/retainers/:id/periods', () => HttpResponse.json({ items: [{ ...period, state: 'open', opening: h(0), granted: h(2), adjusted: h(-3), used: h(0), overage: h(1), closing: h(0), left: h(0) }], next: null })),
    http.get('*/api/v1/retainers/:id/tasks', () => HttpResponse.json({ project_id: null, items: [], made: [], version: 0 })),
    http.get('*/api/v1/retainers/:id/blocks', () => HttpResponse.json({ items: [block], next: null })),
    http.post('*/api/v1/prepaid-blocks/:id/invoice', ({ request }) => {
      asked = new URL(request.url).pathname;
      Object.assign(block, { unbilled: false, invoice_id: 'i2' });
      return HttpResponse.json(block, { status: 201 });
    }),
  );
  const { user } = renderApp(<RetainerPage />, { at: '/retainers/r1', path: '/retainers/:id' });
  const blocks = await screen.findByRole('region', { name: 'Blocks' });
  expect(within(blocks).getByText(/Does not count: its invoice came to nothing · until 31 Dec 2026/)).toBeVisible();
  expect(within(blocks).queryByRole('link')).toBeNull();
  // What came late counts as used in the list of periods too.
  expect(within(await screen.findByRole('table', { name: 'Periods' })).getAllByRole('cell').map((c) => c.textContent)).toEqual(expect.arrayContaining(['2:00 h', '3:00 h']));
  await user.click(await within(blocks).findByRole('button', { name: 'Draft its invoice again' }));
  expect(await within(blocks).findByRole('link', { name: 'Invoice' })).toHaveAttribute('href', '/invoices/i2');
  expect(asked).toBe('/api/v1/prepaid-blocks/b1/invoice');
  expect(within(blocks).queryByRole('button')).toBeNull();
  expect(await violations()).toEqual([]);
});

it('says of a period what is beyond it and what a later block leaves, as its list does', () => {
  const p = { ...period, opening: h(0), granted: h(12), adjusted: h(0), used: h(33), overage: h(33), left: h(12) } as never;
  renderApp(<><Bar period={p} currency="EUR" /><Bar period={{ ...period, overage: h(0), used: h(40), left: h(6) } as never} currency="EUR" /></>);
  expect(screen.getByText('Beyond it: 33:00 h · Left: 12:00 h')).toBeVisible();
  expect(screen.queryByText(/over budget/)).toBeNull();
  expect(screen.getByText('6:00 h left')).toBeVisible();
});

it('says whom the mail that little is left did not reach, and sends it again', async () => {
  const lost = { failed_at: '2026-03-04T09:30:00Z', failure: 'The mail server refused it: 550 no such box', to: ['Ben Osei'] };
  const retainer = {
    id: 'r1', client_id: 'c1', client_name: 'Acme', project_id: null, project_name: '', name: 'Support', unit: 'hours', currency: 'EUR', every: 'month', anchor_on: '2026-01-01', starts_on: '2026-01-01', ends_on: null, prorate_first: false,
    granted: h(40), fee: null, rollover: 'all', rollover_cap: null, rollover_periods: null, deficit: 'carry', deficit_limit: null, overage: 'rate', overage_rate: null, alert: { percent: 20, figure: null }, low_since: '2026-03-02T09:00:00Z',
    low_undelivered: lost as typeof lost | null, lead_days: 0, grace_days: 10, shown_to_client: true, current: { ...period, state: 'open', left: h(2) }, version: 1,
  };
  let asked = 0;
  server.use(
    http.get('*/api/v1/retainers/:id', () => HttpResponse.json(retainer)),
    http.get('*/api/v1/retainers/:id/periods', () => HttpResponse.json({ items: [], next: null })),
    http.get('*/api/v1/retainers/:id/tasks', () => HttpResponse.json({ project_id: null, items: [], made: [], version: 0 })),
    http.get('*/api/v1/retainers/:id/blocks', () => HttpResponse.json({ items: [], next: null })),
    http.post('*/api/v1/retainers/r1/tell-low-again', () => {
      asked += 1;
      retainer.low_undelivered = null;
      return HttpResponse.json(retainer);
    }),
  );
  const { user } = renderApp(<RetainerPage />, { at: '/retainers/r1', path: '/retainers/:id' });
  const said = await screen.findByText(/^The mail about it to Ben Osei could not be delivered on 4 Mar 2026.*550 no such box/);
  expect(await violations()).toEqual([]);
  await user.click(screen.getByRole('button', { name: 'Send again' }));
  await waitFor(() => expect(said).not.toBeInTheDocument());
  expect(asked).toBe(1);
});

it('counts what came late or is owed as used where it leaves less than nothing', () => {
  const at = (opening: number, granted: number, adjusted: number, used: number) => {
    const u = usage({ opening: h(opening), granted: h(granted), adjusted: h(adjusted), used: h(used) });
    return `${formatFigure(u.used)} of ${formatFigure(u.all)}`;
  };
  expect(at(0, 2, -3, 0)).toBe('3:00 h of 2:00 h');
  expect(at(0, 2, -3, 1)).toBe('4:00 h of 2:00 h');
  expect(at(10, 40, -4, 50)).toBe('50:00 h of 46:00 h');
  expect(at(-4, 2, 0, 1)).toBe('5:00 h of 2:00 h');
  expect(at(-4, 40, 0, 1)).toBe('1:00 h of 36:00 h');
});
