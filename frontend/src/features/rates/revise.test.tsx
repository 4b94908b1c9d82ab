import { screen, waitFor, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { useState } from 'react';
import { beforeEach, expect, it } from 'vitest';
import type { RateCardView, RateView } from '../../shared/api/gen/rates.gen';
import { renderApp, violations } from '../../test/render';
import { server } from '../../test/server';
import { RateDialog } from './components/RateDialog';
import { UndoLast } from './components/UndoLast';

const rate: RateView = { id: 'r1', card_id: 'k1', kind: 'member', target_id: 'm1', per_hour: '100', valid_from: '2026-01-01', valid_to: null, version: 5 };
const card = { id: 'k1', name: 'Standard', level: 'agency', client_id: null, project_id: null, currency: 'EUR', version: 1 } as RateCardView;
let sent: { url: string; match: string | null; body: unknown }[] = [];

beforeEach(() => {
  sent = [];
  server.use(
    http.post('*/api/v1/rates/r1/preview-revision', async ({ request }) => {
      const { reach } = (await request.json()) as { reach: string };
      return HttpResponse.json(reach === 'new' ? { entries: 0, before: [], after: [] } : { entries: 2, before: [{ amount: '500.00', currency: 'EUR' }], after: [{ amount: '600.00', currency: 'EUR' }] });
    }),
    http.post('*/api/v1/rates/r1/revise', async ({ request }) => {
      sent.push({ url: new URL(request.url).pathname, match: request.headers.get('If-Match'), body: await request.json() });
      return HttpResponse.json({ revised: { ...rate, version: 6 }, effect: { entries: 0, before: [], after: [] }, revision_id: 'u1', undo_until: '2026-03-02T12:00:00Z' });
    }),
    http.post('*/api/v1/rates/revisions/u1/undo', () => HttpResponse.json({ revised: rate, effect: { entries: 2, before: [], after: [] }, stayed: [{ why: 'billed', entries: 1 }] })),
  );
});

function Page() {
  const [on, setOn] = useState(true);
  return on ? <RateDialog card={card} rate={rate} day="2026-03-02" targets={{ member: [{ value: 'm1', label: 'Ada' }], position: [], service: [], task: [] }} onClose={() => setOn(false)} /> : null;
}
const open = () => renderApp(<Page />);

async function price(user: ReturnType<typeof open>['user'], text: string) {
  const dialog = await screen.findByRole('dialog');
  const field = within(dialog).getByLabelText(/^Per hour/);
  await user.clear(field);
  await user.type(field, text);
  return dialog;
}

it('asks which time a new price is for, and previews it', async () => {
  const { user } = open();
  const dialog = await price(user, '120');
  expect(await within(dialog).findByText('No time that was logged changes.')).toBeVisible();
  await user.click(within(dialog).getByRole('radio', { name: /^All that is not approved/ }));
  expect(await within(dialog).findByText(/2 entries change: .*500.* → .*600/)).toBeVisible();
  expect(await violations()).toEqual([]);
  await user.click(within(dialog).getByRole('button', { name: 'Save' }));
  await waitFor(() => expect(sent).toEqual([{ url: '/api/v1/rates/r1/revise', match: '"5"', body: { per_hour: '120', reach: 'unbilled' } }]));
});

it('takes a price back', async () => {
  const { user } = open();
  const dialog = await price(user, '120');
  await user.click(within(dialog).getByRole('button', { name: 'Save' }));
  await user.click(await screen.findByRole('button', { name: 'Undo' }));
  expect(await screen.findByText('Undone for 2 entries. Others stay: 1 billed since')).toBeVisible();
});

it('takes no room while there is nothing to undo on the card', async () => {
  server.use(http.get('*/api/v1/rates/revisions/last', () => HttpResponse.json({ id: 'u1', rate_id: 'r1', card_id: 'k1', entries: 2, undo_until: '2026-03-02T12:00:00Z' })));
  const both = (
    <>
      <div data-testid="other"><UndoLast cardId="k2" rates={[rate]} nameOf={() => 'Ada'} /></div>
      <div data-testid="its"><UndoLast cardId="k1" rates={[rate]} nameOf={() => 'Ada'} /></div>
    </>
  );
  renderApp(both);
  expect(await within(screen.getByTestId('its')).findByRole('button', { name: 'Undo' })).toBeVisible();
  expect(screen.getByTestId('other')).toBeEmptyDOMElement();
});
