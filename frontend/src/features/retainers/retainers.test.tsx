import { screen, waitFor, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { expect, it, vi } from 'vitest';
import { addFigures, formatFigure } from '../../shared/lib/figures';
import { problem } from '../../test/factories';
import { renderApp, violations } from '../../test/render';
import { server } from '../../test/server';
import { AdjustDialog } from './components/AmountDialogs';
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
      given: [{ id: 'g', kind: 'grant', on: '2026-02-01', until: null, figure: h(40), reason: '' }, { id: 'a', kind: 'adjustment', on: '2026-02-03', until: null, figure: h(-4), reason: 'Agreed by phone' }], expiries: [],
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
  expect(screen.getByText(/Agreed by phone/)).toBeVisible();
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
