import { screen, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { expect, it } from 'vitest';
import { renderApp, violations } from '../../test/render';
import { server } from '../../test/server';
import { Sendings, StatementSendings } from './components/Sendings';

it.each([
  ['an invoice', <Sendings key="i" id="i1" />, '*/api/v1/invoices/:id/sendings', { to: ['bill@acme.example'] }],
  ['a statement', <StatementSendings key="s" clientId="c1" />, '*/api/v1/invoices/statement/sendings', { recipients: ['bill@acme.example'], from: '2026-01-01', to: '2026-03-02' }],
])('says that the mail of %s could not be delivered, and sends it again', async (_, page, list, more) => {
  const mail = { id: 'm1', subject: 'Hello', queued_at: '2026-03-02T08:00:00Z', sent_at: null, failed_at: '2026-03-04T09:30:00Z' as string | null, failure: 'The mail server refused it: 550 no such box', ...more };
  let asked = 0;
  server.use(
    http.get(list, () => HttpResponse.json({ items: [mail] })),
    http.post('*/api/v1/sends/:id/again', ({ params }) => {
      expect(params.id).toBe('m1');
      asked += 1;
      Object.assign(mail, { failed_at: null, failure: '' });
      return HttpResponse.json(mail, { status: 202 });
    }),
  );
  const { user } = renderApp(page, { at: '/x', path: '/x' });
  const sent = await screen.findByRole('region', { name: 'Sent' });
  expect(await within(sent).findByText(/^Could not be delivered on 4 Mar 2026.*The mail server refused it: 550 no such box/)).toBeVisible();
  await user.click(within(sent).getByRole('button', { name: 'Send again' }));
  expect(await within(sent).findByText(/^on its way/)).toBeVisible();
  expect(asked).toBe(1);
  expect(within(sent).queryByRole('button')).toBeNull();
  expect(await violations()).toEqual([]);
});
