import { screen, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { expect, it } from 'vitest';
import { me, meAnswer, problem } from '../../test/factories';
import { renderApp, violations } from '../../test/render';
import { server } from '../../test/server';
import { StatementPage } from './pages/StatementPage';

it('mails a statement as proposed or changed, shows a refusal at its field, and when it was sent', async () => {
  const bodies: unknown[] = [];
  const mails = [{ id: 's1', recipients: ['old@initech.test'], subject: 'Statement', from: '2026-01-01', to: '2026-01-31', queued_at: '2026-02-01T08:00:00Z', sent_at: '2026-02-01T08:00:05Z' }];
  server.use(
    http.get('*/api/v1/me', () => HttpResponse.json(meAnswer(me({ permissions: ['invoicing.invoices.read', 'invoicing.invoices.issue'] })))),
    http.get('*/api/v1/invoices/statement', () => HttpResponse.json({ client_id: 'c1', client_name: 'Initech', seller: 'Studio', from: '2026-01-01', to: '2026-02-28', currencies: [] })),
    http.get('*/api/v1/invoices/statement/letter', () => HttpResponse.json({ recipients: ['ann@initech.test'], subject: 'Statement of account', message: 'Dear Initech' })),
    http.get('*/api/v1/invoices/statement/sendings', () => HttpResponse.json({ items: mails })),
    http.post('*/api/v1/invoices/statement/send', async ({ request }) => {
      bodies.push(await request.json());
      if (bodies.length === 1) return HttpResponse.json(problem(422, 'invoicing.bad_recipient', 'This is not an e-mail address.', [{ location: 'body.recipients', message: '"nobody" is not an e-mail address' }]), { status: 422 });
      const sent = { ...mails[0]!, id: 's2', recipients: ['ann@initech.test'], to: '2026-02-28', sent_at: null };
      mails.unshift(sent as never);
      return HttpResponse.json(sent, { status: 202 });
    }),
  );
  const { user } = renderApp(<StatementPage />, { at: '/statements/c1', path: '/statements/:clientId' });
  expect(await screen.findByText('old@initech.test')).toBeVisible();
  await user.click(screen.getByRole('button', { name: 'Send' }));
  const dialog = await screen.findByRole('dialog');
  const to = within(dialog).getByRole('textbox', { name: /^To/ });
  await within(dialog).findByDisplayValue('ann@initech.test');
  await user.type(to, ', nobody');
  await user.click(within(dialog).getByRole('button', { name: 'Send' }));
  expect(await within(dialog).findByText(/not an e-mail address/i)).toBeVisible();
  expect(to).toHaveAccessibleDescription(/not an e-mail address/i);
  expect(await violations()).toEqual([]);
  await user.clear(to);
  await user.type(to, 'ann@initech.test');
  await user.click(within(dialog).getByRole('button', { name: 'Send' }));
  expect(await screen.findByText(/on its way ·/)).toBeVisible();
  const mail = { client_id: 'c1', from: '2026-01-01', to: '2026-02-28', subject: 'Statement of account', message: 'Dear Initech' };
  expect(bodies).toEqual([{ ...mail, recipients: ['ann@initech.test', 'nobody'] }, { ...mail, recipients: ['ann@initech.test'] }]);
});
