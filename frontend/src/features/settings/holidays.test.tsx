import { screen, waitFor, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { beforeEach, expect, it } from 'vitest';
import type { HolidaySetView } from '../../shared/api/gen/people.gen';
import { pageOf } from '../../test/factories';
import { renderApp, violations } from '../../test/render';
import { server } from '../../test/server';
import { ScheduleDialog } from './components/ScheduleDialog';
import { HolidaysPage } from './pages/HolidaysPage';

const year = new Date().getFullYear();
let sets: HolidaySetView[] = [];
let sent: unknown[] = [];

beforeEach(() => {
  sets = [{ id: 's1', name: 'Munich', region: 'DE-BY', is_default: true, version: 3, days: [{ day: `${year}-11-01`, name: 'Allerheiligen' }] }];
  sent = [];
  server.use(
    http.get('*/api/v1/holiday-sets', () => HttpResponse.json(pageOf(sets))),
    http.get('*/api/v1/holiday-regions', () => HttpResponse.json(pageOf([{ code: 'DE-BY', name: 'Germany, Bavaria' }]))),
    http.post('*/api/v1/holiday-sets', async ({ request }) => {
      sent.push(await request.json());
      return HttpResponse.json({ ...sets[0], id: 's2' }, { status: 201 });
    }),
    http.patch('*/api/v1/holiday-sets/:id', async ({ request }) => {
      const body = (await request.json()) as Partial<HolidaySetView>;
      sent.push({ match: request.headers.get('If-Match'), ...body });
      const old = sets[0] as HolidaySetView;
      sets = [{ ...old, ...(body.days && { days: body.days }), version: old.version + 1 }];
      return HttpResponse.json(sets[0]);
    }),
  );
});

it('adds a set for a region', async () => {
  sets = [];
  const { user } = renderApp(<HolidaysPage />);
  expect(await screen.findByText('No holidays yet')).toBeVisible();
  await user.click(screen.getAllByRole('button', { name: 'Add a set' })[0] as HTMLElement);
  const dialog = await screen.findByRole('dialog', { name: 'Add a set' });
  await user.type(within(dialog).getByLabelText(/Name of the set/), 'Munich');
  await user.click(within(dialog).getByRole('combobox', { name: 'Region' }));
  await user.click(await screen.findByRole('option', { name: /Bavaria/ }));
  await user.click(within(dialog).getByRole('button', { name: 'Save' }));
  await waitFor(() => expect(sent).toEqual([{ name: 'Munich', region: 'DE-BY', years: [year, year + 1] }]));
});

it('removes a day, with undo, and refuses one that is there', async () => {
  const { user } = renderApp(<HolidaysPage />);
  await user.click(await screen.findByRole('button', { name: /^Remove Allerheiligen/ }));
  await user.click(await screen.findByRole('button', { name: 'Undo' }));
  await waitFor(() => expect(sent).toEqual([{ match: '"3"', days: [] }, { match: '"4"', days: [{ day: `${year}-11-01`, name: 'Allerheiligen' }] }]));
  expect(await violations()).toEqual([]);
  await user.click(await screen.findByRole('button', { name: 'Add a day to Munich' }));
  const dialog = await screen.findByRole('dialog');
  const day = within(dialog).getByLabelText(/^Day/);
  await user.clear(day);
  await user.type(day, `${year}-11-01`);
  await user.type(within(dialog).getByLabelText(/^Name/), 'Again');
  await user.click(within(dialog).getByRole('button', { name: 'Save' }));
  expect(await within(dialog).findByText('This day is in the set already')).toBeVisible();
});

it('sets what somebody works from a day on', async () => {
  let put: unknown;
  server.use(
    http.get('*/api/v1/members/m1/schedules', () => HttpResponse.json(pageOf([{ from: '2025-01-01', position_id: null, holiday_set_id: null, hours: [0, 8, 8, 8, 8, 8, 0] }]))),
    http.get('*/api/v1/positions', () => HttpResponse.json(pageOf([]))),
    http.put('*/api/v1/members/m1/schedules/:from', async ({ request }) => {
      put = await request.json();
      return HttpResponse.json(pageOf([]));
    }),
  );
  const { user } = renderApp(<ScheduleDialog member={{ id: 'm1', name: 'Mia' } as never} onClose={() => {}} />);
  const dialog = await screen.findByRole('dialog', { name: 'Working time of Mia' });
  expect(within(dialog).getByText(/40 h a week/)).toBeVisible();
  const friday = within(dialog).getByLabelText(/Friday/);
  await user.clear(friday);
  await user.type(friday, '25');
  await user.click(within(dialog).getByRole('button', { name: 'Save' }));
  expect(await within(dialog).findByText('From 0 to 24 hours')).toBeVisible();
  await user.clear(friday);
  await user.type(friday, '4');
  expect(within(dialog).getByText('36 hours a week')).toBeVisible();
  await user.click(within(dialog).getByRole('button', { name: 'Save' }));
  await waitFor(() => expect(put).toEqual({ hours: [0, 8, 8, 8, 8, 4, 0], position_id: '', holiday_set_id: '' }));
});
