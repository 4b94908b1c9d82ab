import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { beforeEach, expect, it } from 'vitest';
import type { TimeEntryView, TimeGrid } from '../../shared/api/gen/time.gen';
import { addDays } from '../../shared/lib/dates';
import { pageOf, problem } from '../../test/factories';
import { renderApp, violations } from '../../test/render';
import { server } from '../../test/server';
import { screenWidth } from '../../test/setup';
import { TimePage } from './pages/TimePage';

const week = '2026-03-02';
const days = Array.from({ length: 7 }, (_, i) => addDays(week, i));

function grid(seconds: Record<string, number> = {}, over: Partial<TimeGrid['timesheet']> = {}): TimeGrid {
  const total = Object.values(seconds).reduce((a, b) => a + b, 0);
  const expected = (i: number) => (i < 5 ? 28_800 : 0);
  const missing = (day: string, i: number) => Math.max(0, expected(i) - (seconds[day] ?? 0));
  const timesheet = { id: 's1', member_id: 'm1', week, from: week, until: addDays(week, 6), state: 'draft', submitted_at: null, decided_at: null, decided_by: null, reason: '', exception_reason: '', version: 3, ...over } as TimeGrid['timesheet'];
  return {
    timesheet,
    timesheets: [{ ...timesheet, seconds: total, expected: 144_000, filled: 0, missing: days.reduce((sum, d, i) => sum + missing(d, i), 0), missing_days: days.map((day, i) => ({ day, missing: missing(day, i) })).filter((d) => d.missing > 0) }],
    days: days.map((day, i) => ({ day, seconds: seconds[day] ?? 0, expected: expected(i), filled: 0, missing: missing(day, i) })),
    rows: [{
      project_id: 'p1', project_code: 'ACM-001', project_name: 'Website', client_name: 'Acme', task_id: null, task_name: '', service_id: null, service_name: '', pinned: false, open: true, seconds: total,
      cells: days.map((day) => ({ day, seconds: seconds[day] ?? 0, note: '', entries: seconds[day] ? 1 : 0, state: seconds[day] ? 'draft' : '', timed: false, editable: true, billable: true })),
    }],
    seconds: total, expected: 144_000, filled: 0, missing: 144_000 - total, zone: 'Europe/Berlin',
  };
}

const entry = (over: Partial<TimeEntryView> = {}): TimeEntryView => ({
  id: 'e1', member_id: 'm1', timesheet_id: 's1', client_id: 'c1', client_name: 'Acme', project_id: 'p1', project_code: 'ACM-001', project_name: 'Website', task_id: null, task_name: '', service_id: null, service_name: '',
  day: week, started_at: '2026-03-02T08:00:00Z', ended_at: '2026-03-02T09:30:00Z', zone: 'Europe/Berlin', seconds: 5400, billed_seconds: 5400, billable: true, note: 'Header',
  state: 'draft', reject_reason: '', invoice_id: null, source: 'manual', flags: [], no_rate: false, editable: true, created_at: '', updated_at: '', version: 1,
  rate: { per_hour: '95.00', currency: 'EUR', level: 'agency', card: 'Agency 2026', why: 'The agency card has this for developers.', counts_as: '' as const, hours_why: '', parts: [], counted_per: '' as const, counted_since: null }, amount: { amount: '142.50', currency: 'EUR' }, ...over,
});

let sent: Record<string, unknown>[] = [];

beforeEach(() => {
  sent = [];
  let seconds: Record<string, number> = { [week]: 5400 };
  server.use(
    http.get('*/api/v1/timer', () => HttpResponse.json({})),
    http.get('*/api/v1/timesheets/grid', () => HttpResponse.json(grid(seconds))),
    http.put('*/api/v1/timesheets/grid', async ({ request }) => {
      const body = (await request.json()) as { day: string; seconds: number };
      sent.push(body);
      if (body.seconds > 86_400) return HttpResponse.json(problem(422, 'timesheets.bad_time', 'These times cannot be kept.', [{ location: 'body.seconds', message: 'must not be more than 24 hours' }]), { status: 422 });
      seconds = { ...seconds, [body.day]: body.seconds };
      return HttpResponse.json(grid(seconds));
    }),
    http.get('*/api/v1/time-entries', () => HttpResponse.json(pageOf([entry()]))),
    http.get('*/api/v1/projects', () => HttpResponse.json(pageOf([]))),
    http.get('*/api/v1/time-suggestions', () => HttpResponse.json(pageOf([]))),
    http.get('*/api/v1/calendar-feeds', () => HttpResponse.json(pageOf([]))),
  );
});

const open = (at = `/time?date=${week}`) => renderApp(<TimePage />, { at, path: '/time' });
const cell = (name: RegExp) => screen.findByRole('textbox', { name });

it('fills the week by keyboard alone', async () => {
  const { user } = open();
  const monday = await cell(/Website, Monday/);
  expect(monday).toHaveValue('1:30');
  monday.focus();
  await user.keyboard('{ArrowRight}');
  const tuesday = await cell(/Website, Tuesday/);
  expect(tuesday).toHaveFocus();
  await user.keyboard('1.5{Enter}');
  await waitFor(() => expect(sent).toHaveLength(1));
  expect(sent[0]).toMatchObject({ day: '2026-03-03', project_id: 'p1', seconds: 5400, expected_seconds: 0 });
  expect(await screen.findByText('Saved')).toBeVisible();
  expect(await cell(/Website, Tuesday/)).toHaveValue('1:30');
  (await cell(/Website, Wednesday/)).focus();
  await user.keyboard('90m{ArrowRight}');
  await waitFor(() => expect(sent).toHaveLength(2));
  expect(sent[1]).toMatchObject({ day: '2026-03-04', seconds: 5400 });
});

it('fills the week, and pins and moves rows, by keyboard alone', async () => {
  const row = (project: string, name: string, pinned: boolean) => ({ ...(grid().rows[0] as TimeGrid['rows'][number]), project_id: project, project_name: name, pinned });
  const pins: unknown[] = [];
  let rows = [row('p1', 'Website', true), row('p2', 'Support', true), row('p3', 'Hosting', false)];
  server.use(
    http.get('*/api/v1/timesheets/grid', () => HttpResponse.json({ ...grid(), rows })),
    http.put('*/api/v1/timesheets/pins', async ({ request }) => {
      const body = (await request.json()) as { rows: { project_id: string }[] };
      pins.push(body.rows.map((r) => r.project_id).join(' '));
      rows = [...body.rows.map((r) => ({ ...(rows.find((o) => o.project_id === r.project_id) as (typeof rows)[number]), pinned: true })), ...rows.filter((r) => !body.rows.some((o) => o.project_id === r.project_id)).map((r) => ({ ...r, pinned: false }))];
      return new HttpResponse(null, { status: 204 });
    }),
  );
  const { user } = open();
  (await cell(/Support, Tuesday/)).focus();
  await user.keyboard('{Alt>}{ArrowUp}{/Alt}');
  await waitFor(() => expect(pins).toEqual(['p2 p1']));
  await waitFor(() => expect(screen.getByLabelText(/Support, Tuesday/)).toHaveAttribute('data-at', '0/1'));
  await waitFor(() => expect(screen.getByLabelText(/Support, Tuesday/)).toHaveFocus());
  screen.getByLabelText(/Hosting, Wednesday/).focus();
  await user.keyboard('{Alt>}p{/Alt}');
  await waitFor(() => expect(pins).toEqual(['p2 p1', 'p2 p1 p3']));
  screen.getByLabelText(/Hosting, Wednesday/).focus();
  await user.keyboard('2{Control>}{Enter}{/Control}');
  await waitFor(() => expect(sent.map((x) => [x['day'], x['project_id'], x['service_id'], x['seconds']])).toEqual([['2026-03-04', 'p3', '', 7200], ['2026-03-05', 'p3', '', 7200], ['2026-03-06', 'p3', '', 7200]]));
});

it('has one stop for Tab in the whole grid', async () => {
  open();
  await cell(/Website, Monday/);
  const stops = within(screen.getByRole('grid')).getAllByRole('textbox').filter((i) => i.tabIndex === 0);
  expect(stops).toHaveLength(1);
});

it('keeps what was typed and says why it was refused', async () => {
  const { user } = open();
  const tuesday = await cell(/Website, Tuesday/);
  tuesday.focus();
  await user.keyboard('30{Enter}');
  expect(await screen.findByText(/^Must not be more than 24 hours/)).toBeVisible();
  expect(tuesday).toHaveValue('30');
  expect(tuesday).toHaveAttribute('aria-invalid', 'true');
  await user.click(tuesday);
  await user.clear(tuesday);
  await user.keyboard('lunch{Enter}');
  expect(await screen.findByText('Write 1:30, 1.5 or 90m')).toBeVisible();
  expect(sent).toHaveLength(1);
  tuesday.focus();
  await user.keyboard('{Escape}');
  expect(tuesday).toHaveValue('');
});

it('misses nothing on days that are to come, and asks about them when the week is submitted', async () => {
  const ahead = { ...grid().timesheets[0], missing: 28_800, missing_days: [{ day: '2099-03-02', missing: 28_800 }] };
  server.use(http.get('*/api/v1/timesheets/grid', () => HttpResponse.json({ ...grid(), timesheets: [ahead] })));
  const { user } = open();
  const submit = await screen.findByRole('button', { name: /^Submit/ });
  expect(screen.queryByText(/8:00 missing/)).not.toBeInTheDocument();
  await user.click(submit);
  expect(await screen.findByRole('alertdialog')).toHaveTextContent('8:00');
});

it('asks before a week with missing hours is submitted', async () => {
  let match = '';
  server.use(http.post('*/api/v1/timesheets/s1/submit', ({ request }) => {
    match = request.headers.get('If-Match') ?? '';
    return HttpResponse.json({ ...grid().timesheet, state: 'submitted', version: 4 });
  }));
  const { user } = open();
  await user.click(await screen.findByRole('button', { name: 'Submit week' }));
  const dialog = await screen.findByRole('alertdialog');
  expect(dialog).toHaveTextContent('38:30');
  await user.click(within(dialog).getByRole('button', { name: 'Submit week' }));
  expect(await screen.findByText('Week submitted')).toBeVisible();
  expect(match).toBe('"3"');
});

it('shows the day with the rate of an entry and why', async () => {
  const { user } = open(`/time?date=${week}&view=day`);
  expect(await screen.findByText('09:00 – 10:30')).toBeVisible();
  await user.click(screen.getByRole('button', { name: 'Rate of Website, Header' }));
  expect(await screen.findByText('The agency card has this for developers.')).toBeVisible();
  expect(screen.getByText(/142.50/)).toBeVisible();
});

it('is a day list with a strip of the week on a phone', async () => {
  screenWidth.px = 390;
  const { user } = open();
  expect(await screen.findByText('Header', { exact: false })).toBeVisible();
  expect(screen.queryByRole('grid')).toBeNull();
  await user.click(screen.getByRole('button', { name: /Tuesday 3 March/ }));
  expect(screen.getByRole('button', { name: /Tuesday 3 March/ })).toHaveAttribute('aria-current', 'date');
});

it('refuses an entry without a project at its field', async () => {
  const { user } = open(`/time?date=${week}&log=1`);
  const dialog = await screen.findByRole('dialog', { name: 'Log time' });
  fireEvent.submit(dialog.querySelector('form') as HTMLFormElement);
  expect(await within(dialog).findByText('Choose a project')).toBeVisible();
  await user.keyboard('{Escape}');
});

it('says what failed and offers to try again', async () => {
  server.use(http.get('*/api/v1/timesheets/grid', () => HttpResponse.json(problem(500, 'internal', 'Something went wrong on our side.'), { status: 500 })));
  open();
  expect(await screen.findByRole('button', { name: 'Try again' })).toBeVisible();
});

it('has no axe violations', async () => {
  open();
  await cell(/Website, Monday/);
  expect(await violations()).toEqual([]);
});

it('hands in each part of a week that spans the end of a month', async () => {
  const parts = [
    { ...grid().timesheets[0], id: 's1', from: '2026-03-02', until: '2026-03-04', state: 'submitted', missing: 0, missing_days: [] },
    { ...grid().timesheets[0], id: '', from: '2026-03-05', until: '2026-03-31', state: 'draft', seconds: 3600, expected: 547_200, missing: 543_600, missing_days: Array.from({ length: 19 }, (_, i) => ({ day: addDays('2026-03-05', i), missing: i === 0 ? 25_200 : 28_800 })) },
  ];
  const steps: unknown[] = [];
  server.use(
    http.get('*/api/v1/timesheets/grid', () => HttpResponse.json({ ...grid(), timesheets: parts, rows: grid().rows.map((r) => ({ ...r, cells: r.cells.map((c) => ({ ...c, editable: c.day > '2026-03-04' })) })) })),
    http.get('*/api/v1/timesheets/s1', () => HttpResponse.json({ timesheet: parts[0], entries: [], waiting: [], decisions: [], yours: [] })),
    http.post('*/api/v1/timesheets', async ({ request }) => {
      steps.push(await request.json());
      return HttpResponse.json({ ...parts[1], id: 's2', version: 1 });
    }),
    http.post('*/api/v1/timesheets/:id/submit', ({ params }) => {
      steps.push(params.id);
      return HttpResponse.json({ ...parts[1], id: 's2', state: 'submitted', version: 2 });
    }),
  );
  const { user } = open();
  const rest = await screen.findByRole('group', { name: /5.*31 Mar 2026/ });
  expect(rest).toHaveTextContent('1:00 of 152:00 · 151:00 missing: 19 days');
  expect(within(screen.getByRole('group', { name: /2.*4 Mar 2026/ })).getByText('Submitted')).toBeVisible();
  expect(await cell(/Website, Wednesday/)).toHaveAttribute('readonly');
  expect(await cell(/Website, Thursday/)).not.toHaveAttribute('readonly');
  await user.click(within(rest).getByRole('button', { name: /^Submit 5/ }));
  await user.click(within(await screen.findByRole('alertdialog')).getByRole('button', { name: /^Submit 5/ }));
  await waitFor(() => expect(steps).toEqual([{ week: '2026-03-05' }, 's2']));
  expect(await violations()).toEqual([]);
});

it('exports the week that is shown, as CSV and as a workbook', async () => {
  const { user } = renderApp(<TimePage />, { at: '/?date=2026-03-04' });
  await user.click(await screen.findByRole('button', { name: 'Export' }));
  const dialog = await screen.findByRole('dialog', { name: 'Export time' });
  const href = (name: string) => new URL(within(dialog).getByRole('link', { name }).getAttribute('href') ?? '', 'http://x');
  expect(href('Excel').pathname).toBe('/api/v1/time-entries/export.xlsx');
  expect(Object.fromEntries(href('CSV').searchParams)).toMatchObject({ from: '2026-03-02', to: '2026-03-08', member_id: expect.any(String) as string });
  expect(await violations()).toEqual([]);
  await user.click(within(dialog).getByRole('switch', { name: 'Everybody’s time' }));
  expect(href('CSV').searchParams.get('member_id')).toBeNull();
});

it('says that an end which is not after its start is of the next day', async () => {
  const { user } = renderApp(<TimePage />, { at: '/time?date=2026-03-02', path: '/time' });
  await user.click(await screen.findByRole('button', { name: 'Log time' }));
  const dialog = await screen.findByRole('dialog', { name: 'Log time' });
  await user.click(within(dialog).getByRole('button', { name: 'Start and end' }));
  await user.type(within(dialog).getByLabelText(/^Start/), '13:00');
  await user.type(within(dialog).getByLabelText(/^End/), '14:00');
  expect(within(dialog).queryByText('On the next day')).toBeNull();
  await user.clear(within(dialog).getByLabelText(/^End/));
  await user.type(within(dialog).getByLabelText(/^End/), '12:00');
  expect(await within(dialog).findByText('On the next day')).toBeVisible();
});

it('says in an empty week where its hours come from', async () => {
  server.use(http.get('*/api/v1/timesheets/grid', () => HttpResponse.json({ ...grid(), rows: [], filled: 28_800 })));
  open();
  expect(await screen.findByText('Its public holidays count 8:00. Add a row for a project, copy last week, or start the timer.')).toBeVisible();
  expect(screen.getByText('8:00 / 40:00')).toBeVisible();
});
