import { screen, waitFor, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { useState } from 'react';
import { beforeEach, expect, it } from 'vitest';
import type { RateCardView, RateView } from '../../shared/api/gen/rates.gen';
import { renderApp, violations } from '../../test/render';
import { server } from '../../test/server';
import { RateDialog } from './components/RateDialog';

const card = { id: 'k1', name: 'Standard', level: 'agency', client_id: null, project_id: null, currency: 'EUR', version: 1 } as RateCardView;
const tiered: RateView = {
  id: 'r1', card_id: 'k1', kind: 'member', target_id: 'm1', per_hour: '120.00', valid_from: '2026-01-01', valid_to: null, version: 5,
  tiers: { per: 'month', steps: [{ from_seconds: 10_800, per_hour: '90.00' }, { from_seconds: 36_000, per_hour: '80.00' }] },
};
let sent: { url: string; body: unknown }[] = [];

beforeEach(() => {
  sent = [];
  const keep = async ({ request }: { request: Request }) => {
    sent.push({ url: new URL(request.url).pathname, body: await request.json() });
    return HttpResponse.json({ revised: tiered, effect: { entries: 0, before: [], after: [] }, revision_id: 'u1', undo_until: '2026-03-02T12:00:00Z' });
  };
  server.use(
    http.post('*/api/v1/rates/r1/preview-revision', () => HttpResponse.json({ entries: 2, before: [{ amount: '500.00', currency: 'EUR' }], after: [{ amount: '600.00', currency: 'EUR' }] })),
    http.post('*/api/v1/rates/r1/revise', keep),
    http.post('*/api/v1/rate-cards/k1/rates', keep),
  );
});

function Page({ rate }: { rate?: RateView }) {
  const [on, setOn] = useState(true);
  return on ? <RateDialog card={card} rate={rate} day="2026-03-02" targets={{ member: [{ value: 'm1', label: 'Ada' }], position: [], service: [], task: [] }} onClose={() => setOn(false)} /> : null;
}

type User = ReturnType<typeof renderApp>['user'];
async function choose(user: User, label: string) {
  await user.click(screen.getByRole('combobox', { name: 'Further hours' }));
  await user.click(await screen.findByRole('option', { name: label }));
}
async function type(user: User, name: RegExp, n: number, text: string) {
  const field = screen.getAllByLabelText(name)[n];
  if (!field) throw new Error(`there is no field ${n}`);
  await user.clear(field);
  await user.type(field, text);
  await user.tab();
}

it('takes tiers of a new rate, and says beside a field what is wrong with it', async () => {
  const { user } = renderApp(<Page />);
  const dialog = await screen.findByRole('dialog');
  await user.click(within(dialog).getByRole('combobox', { name: /^Person/ }));
  await user.click(await screen.findByRole('option', { name: 'Ada' }));
  await user.type(within(dialog).getByLabelText(/^Per hour/), '120');
  await choose(user, 'Counted each day');
  expect(within(dialog).getByText(/for each project by itself/)).toBeVisible();
  await user.click(within(dialog).getByRole('button', { name: 'Save' }));
  expect(await within(dialog).findAllByText('Please fill this in')).toHaveLength(2);
  await type(user, /^After \(hours\)/, 0, '3');
  await type(user, /^Then per hour/, 0, '90');
  await user.click(within(dialog).getByRole('button', { name: 'Add a price' }));
  await type(user, /^After \(hours\)/, 1, '3:00');
  await type(user, /^Then per hour/, 1, '80');
  await user.click(within(dialog).getByRole('button', { name: 'Save' }));
  expect(await within(dialog).findByText('Must be more than the one before')).toBeVisible();
  expect(sent).toEqual([]);
  await type(user, /^After \(hours\)/, 1, '30');
  await user.click(within(dialog).getByRole('button', { name: 'Save' }));
  expect(await within(dialog).findByText('Is more than a day has')).toBeVisible();
  await type(user, /^After \(hours\)/, 1, '10');
  expect(await violations()).toEqual([]);
  await user.click(within(dialog).getByRole('button', { name: 'Save' }));
  await waitFor(() => expect(sent).toEqual([{ url: '/api/v1/rate-cards/k1/rates', body: { kind: 'member', target_id: 'm1', per_hour: '120', valid_from: '2026-03-02', tiers: { per: 'day', steps: [{ from_seconds: 10_800, per_hour: '90' }, { from_seconds: 36_000, per_hour: '80' }] } } }]));
});

it('asks which time other prices for further hours are for', async () => {
  const { user } = renderApp(<Page rate={tiered} />);
  const dialog = await screen.findByRole('dialog');
  expect(within(dialog).queryByText('Which time gets the new price?')).toBeNull();
  await type(user, /^Then per hour/, 1, '85');
  expect(within(dialog).getByText('Which time gets the new price?')).toBeVisible();
  expect(await within(dialog).findByText(/2 entries change: .*500.* → .*600/)).toBeVisible();
  await user.click(within(dialog).getByRole('button', { name: 'Remove price 1' }));
  await user.click(within(dialog).getByRole('button', { name: 'Save' }));
  await waitFor(() => expect(sent).toEqual([{ url: '/api/v1/rates/r1/revise', body: { per_hour: '120.00', tiers: { per: 'month', steps: [{ from_seconds: 36_000, per_hour: '85' }] }, reach: 'new' } }]));
});

it('takes all tiers away with the last of them', async () => {
  const { user } = renderApp(<Page rate={tiered} />);
  const dialog = await screen.findByRole('dialog');
  await user.click(within(dialog).getByRole('button', { name: 'Remove price 2' }));
  await user.click(within(dialog).getByRole('button', { name: 'Remove price 1' }));
  expect(within(dialog).getByRole('combobox', { name: 'Further hours' })).toHaveTextContent('Cost the same');
  await user.click(within(dialog).getByRole('button', { name: 'Save' }));
  await waitFor(() => expect(sent).toEqual([{ url: '/api/v1/rates/r1/revise', body: { per_hour: '120.00', tiers: { per: 'day', steps: [] }, reach: 'new' } }]));
});
