import { screen, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { expect, it } from 'vitest';
import { renderApp, violations } from '../../test/render';
import { server } from '../../test/server';
import { StatementPage } from './pages/StatementPage';

const h = (hours: number) => ({ seconds: hours * 3600, value: null });

it.each([['/portal/retainers/r1/p2', ''], ['/portal/retainers/r1/p2?as=c1', '?preview=c1']])('shows the account of a period and leads to its PDF: %s', async (at, query) => {
  server.use(http.get('*/api/v1/portal/retainer-periods/:id', () => HttpResponse.json({
    retainer_id: 'r1', name: 'Support', unit: 'hours', given: [{ kind: 'block', on: '2026-02-03', until: '2026-12-31', figure: h(10) }, { kind: 'returned', on: '2026-02-05', until: null, figure: h(-10) }],
    period: { id: 'p2', from_on: '2026-02-01', to_on: '2026-02-28', state: 'closed', opening: h(10), granted: h(40), adjusted: h(0), used: h(50), overage: h(0), expired: h(0), closing: h(0), left: h(0) },
    items: [{ day: '2026-02-10', project: 'Website', task: 'Forms', late: false, figure: h(50), over: h(0) }], next: null,
  })));
  renderApp(<StatementPage />, { at, path: '/portal/retainers/:id/:period' });
  const account = await screen.findByRole('table', { name: 'Support' });
  expect(within(account).getByRole('row', { name: /Used/ })).toHaveTextContent('− 50:00 h');
  expect(screen.getByRole('link', { name: 'Open PDF' })).toHaveAttribute('href', `/api/v1/portal/retainer-periods/p2/pdf${query}`);
  const given = screen.getByRole('region', { name: 'What came in' });
  expect(within(given).getByText('Block').closest('li')).toHaveTextContent(/until 31 Dec 2026\+ 10:00 h$/);
  expect(within(given).getByText('Block taken back').closest('li')).toHaveTextContent(/5 Feb 2026− 10:00 h$/);
  expect(await violations()).toEqual([]);
});
