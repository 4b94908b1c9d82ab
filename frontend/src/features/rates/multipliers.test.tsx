import { screen, waitFor } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { expect, it } from 'vitest';
import { server } from '../../test/server';
import { renderApp, violations } from '../../test/render';
import { businessWeek } from './model';
import { RatesPage } from './pages/RatesPage';

it('closes at midnight and leaves days without hours out', () => {
  expect(businessWeek([{ opens: '08:00', closes: '00:00' }, { opens: '', closes: '' }])).toEqual([{ weekday: 'monday', opens: '08:00', closes: '24:00' }]);
});

it('says what hours count as, and what that would change', async () => {
  const sent: unknown[] = [];
  const last: { id: string; multipliers_id: string; entries: number; undo_until: string | null } = { id: '', multipliers_id: '', entries: 0, undo_until: null };
  server.use(
    http.get('*/api/v1/rate-multipliers', () => HttpResponse.json({ items: [] })),
    http.get('*/api/v1/rate-multipliers/additions/last', () => HttpResponse.json(last)),
    http.get('*/api/v1/clients', () => HttpResponse.json({ items: [], next: null })),
    http.get('*/api/v1/projects', () => HttpResponse.json({ items: [], next: null })),
    http.get('*/api/v1/holiday-regions', () => HttpResponse.json({ items: [{ code: 'DE-BE', name: 'Germany, Berlin' }] })),
    http.post('*/api/v1/rate-multipliers/preview', () => HttpResponse.json({ entries: 2, before: [{ amount: '600.00', currency: 'EUR' }], after: [{ amount: '712.50', currency: 'EUR' }] })),
    http.post('*/api/v1/rate-multipliers', async ({ request }) => {
      sent.push(await request.json());
      return HttpResponse.json({ multipliers: {}, effect: { entries: 2, before: [], after: [] } }, { status: 201 });
    }),
  );
  const { user } = renderApp(<RatesPage />, { at: '/rates?tab=multipliers', path: '/rates' });
  expect(await screen.findByText('Nothing is agreed about when work is done')).toBeVisible();
  await user.click(screen.getAllByRole('button', { name: 'New multipliers' })[0] as HTMLElement);
  const saturday = await screen.findByLabelText(/^Saturday \*|^Saturday$/);
  await user.clear(saturday);
  await user.type(saturday, '1.75');
  await user.click(screen.getByLabelText(/Time of those days/));
  await waitFor(() => expect(screen.getByText(/2 entries change/)).toBeVisible());
  expect(await violations()).toEqual([]);
  await user.click(screen.getByRole('button', { name: 'Save' }));
  await waitFor(() => expect(sent).toHaveLength(1));
  expect(sent[0]).toMatchObject({ level: 'agency', saturday: '1.75', after_hours: '1.5', reprice: true });
  expect((sent[0] as { week: unknown[] }).week).toHaveLength(5);
});

it('undoes multipliers after it said what comes of it, and says what stands in the way', async () => {
  const undone: string[] = [];
  let stayed = [{ why: 'billed', entries: 1 }];
  const euros = (amount: string) => [{ amount, currency: 'EUR' }];
  server.use(
    http.get('*/api/v1/rate-multipliers', () => HttpResponse.json({ items: [] })),
    http.get('*/api/v1/rate-multipliers/additions/last', () => HttpResponse.json({ id: undone.length > 0 ? '' : 'a1', multipliers_id: 'm1', entries: 2, undo_until: null })),
    http.get('*/api/v1/clients', () => HttpResponse.json({ items: [], next: null })),
    http.get('*/api/v1/projects', () => HttpResponse.json({ items: [], next: null })),
    http.get('*/api/v1/holiday-regions', () => HttpResponse.json({ items: [] })),
    http.post('*/api/v1/rate-multipliers/additions/:id/preview-undo', () => HttpResponse.json({ effect: { entries: 2, before: euros('712.50'), after: euros('600.00') }, stayed })),
    http.post('*/api/v1/rate-multipliers/additions/:id/undo', ({ params }) => {
      undone.push(String(params['id']));
      return HttpResponse.json({ effect: { entries: 2, before: euros('712.50'), after: euros('600.00') }, stayed: [] });
    }),
  );
  const { user } = renderApp(<RatesPage />, { at: '/rates?tab=multipliers', path: '/rates' });
  expect(await screen.findByText('Multipliers were added, and 2 entries count by them.')).toBeVisible();
  await user.click(screen.getByRole('button', { name: 'Undo' }));
  const no = await screen.findByRole('alertdialog', { name: 'This cannot be undone any more' });
  expect(no).toHaveTextContent(/1 .*invoice|billed/);
  await user.click(screen.getByRole('button', { name: 'Understood' }));
  await waitFor(() => expect(no).not.toBeInTheDocument());
  expect(undone).toEqual([]);
  stayed = [];
  await user.click(screen.getByRole('button', { name: 'Undo' }));
  expect(await screen.findByRole('alertdialog', { name: 'Undo these multipliers?' })).toHaveTextContent('€712.50 becomes €600.00');
  expect(await violations()).toEqual([]);
  await user.click(screen.getByRole('button', { name: 'Undo' }));
  expect(await screen.findByText('Undone; 2 entries have their old prices')).toBeVisible();
  expect(undone).toEqual(['a1']);
});
