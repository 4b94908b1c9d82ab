import { screen, waitFor, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { describe, expect, it, vi } from 'vitest';
import { session } from '../../shared/api/session';
import { me, meAnswer, pageOf, problem } from '../../test/factories';
import { renderApp, violations } from '../../test/render';
import { server, signInAs } from '../../test/server';
import { screenWidth } from '../../test/setup';
import { timeZones } from '../../shared/lib/zones';
import { addressesIn, deviceOf } from './model';
import { AgencyPage } from './pages/AgencyPage';
import { IndexPage } from './pages/IndexPage';
import { PeoplePage } from './pages/PeoplePage';
import { PositionsPage } from './pages/PositionsPage';
import { ProfilePage } from './pages/ProfilePage';
import { DataPage } from './pages/DataPage';
import { TokensPage } from './pages/TokensPage';

const settings = {
  name: 'Acme', slug: 'acme', legal_name: '', time_zone: 'Europe/Berlin', week_start: 'monday', currency: 'EUR', locale: 'en-GB',
  brand_colour: '#2855D9', logo_url: null, portal_shows_hours: false, version: 3,
};
const olivia = { id: '01900000-0000-7000-8000-000000000001', name: 'Olivia Owner', email: 'olivia@acme.test', kind: 'staff', role: 'owner', state: 'active', created_at: '2026-01-01T00:00:00Z', last_seen_at: null, version: 1 };
const ben = { ...olivia, id: 'm2', name: 'Ben Osei', email: 'ben@acme.test', role: 'member', version: 4 };

describe('agency', () => {
  it('changes settings with their version, and checks the colour while one types', async () => {
    let sent: unknown;
    let version: string | null = null;
    server.use(
      http.get('*/api/v1/settings', () => HttpResponse.json(settings)),
      http.patch('*/api/v1/settings', async ({ request }) => {
        sent = await request.json();
        version = request.headers.get('If-Match');
        return HttpResponse.json({ ...settings, ...(sent as object), version: 4 });
      }),
    );
    const { user } = renderApp(<AgencyPage />);
    const colour = await screen.findByLabelText('Colour');
    await user.clear(colour);
    await user.type(colour, '#F2C94C');
    expect(screen.getByText(/and 4.5 are needed/)).toBeVisible();
    await user.click(screen.getByRole('button', { name: /Take #.* instead/ }));
    expect(screen.getByText(/White text on it can be read/)).toBeVisible();
    expect(await violations()).toEqual([]);
    await user.click(screen.getByRole('button', { name: 'Save' }));
    expect(await screen.findByText('Settings saved')).toBeVisible();
    expect(version).toBe('"3"');
    expect(sent).toMatchObject({ name: 'Acme', time_zone: 'Europe/Berlin', portal_shows_hours: false });
  });

  it('shows at the field what the server refuses', async () => {
    server.use(
      http.get('*/api/v1/settings', () => HttpResponse.json(settings)),
      http.patch('*/api/v1/settings', () => HttpResponse.json(problem(422, 'agency.invalid_settings', 'No', [{ location: 'body.name', message: 'must have 1 to 80 letters' }]), { status: 422 })),
    );
    const { user } = renderApp(<AgencyPage />);
    await user.type(await screen.findByLabelText(/^Name/), '!');
    await user.click(screen.getByRole('button', { name: 'Save' }));
    expect(await screen.findByText('must have 1 to 80 letters')).toBeVisible();
  });

  it('refuses a logo that is no picture, and sends one that is', async () => {
    const types: (string | null)[] = [];
    server.use(
      http.get('*/api/v1/settings', () => HttpResponse.json(settings)),
      http.post('*/api/v1/settings/logo', ({ request }) => {
        types.push(request.headers.get('content-type'));
        return HttpResponse.json({ ...settings, logo_url: '/api/v1/settings/logo?v=4', version: 4 });
      }),
    );
    const { user } = renderApp(<AgencyPage />);
    const input = await screen.findByLabelText('Choose a logo', { selector: 'input' });
    await user.upload(input, new File(['<svg/>'], 'a.svg', { type: 'image/svg+xml' }));
    expect(types).toEqual([]);
    await user.upload(input, new File(['x'], 'a.png', { type: 'image/png' }));
    await waitFor(() => expect(types[0]).toMatch(/^multipart\/form-data/));
  });

  it('lets those look who may not change', async () => {
    server.use(
      http.get('*/api/v1/me', () => HttpResponse.json(meAnswer(me({ role: 'member', permissions: ['agency.settings.read'] })))),
      http.get('*/api/v1/settings', () => HttpResponse.json(settings)),
    );
    renderApp(<AgencyPage />);
    expect(await screen.findByText(/You can look, but not change/)).toBeVisible();
    expect(screen.queryByLabelText('Choose a logo')).toBeNull();
  });

  it('says what failed and offers another try', async () => {
    server.use(http.get('*/api/v1/settings', () => HttpResponse.json(problem(503, 'x', 'Away'), { status: 503 })));
    renderApp(<AgencyPage />);
    expect(await screen.findByRole('button', { name: 'Try again' })).toBeVisible();
  });
});

describe('people', () => {
  const members = (list: object[]) => http.get('*/api/v1/members', () => HttpResponse.json(pageOf(list)));

  it('lists members and explains why the last owner stays', async () => {
    server.use(members([olivia, ben]), http.post('*/api/v1/members/*/deactivate', () => HttpResponse.json(problem(409, 'identity.last_owner', 'last'), { status: 409 })));
    const { user } = renderApp(<PeoplePage />);
    expect(await screen.findByText('Olivia Owner (you)')).toBeVisible();
    expect(await violations()).toEqual([]);
    await user.click(screen.getByRole('button', { name: 'Actions for Olivia Owner' }));
    await user.click(await screen.findByRole('menuitem', { name: 'Deactivate' }));
    await user.click(within(await screen.findByRole('alertdialog')).getByRole('button', { name: 'Deactivate' }));
    expect(await screen.findByText(/This is the last owner/)).toBeVisible();
  });

  it('says that mails to somebody fail, in the list and to themselves', async () => {
    const refused = { mail_failed_at: '2026-03-04T09:30:00Z', mail_failure: 'The mail server refused it: 550 no such box' };
    server.use(members([olivia, { ...ben, ...refused }]));
    const list = renderApp(<PeoplePage />);
    expect(await screen.findByText(`Mails fail since 4 Mar 2026. ${refused.mail_failure}`)).toBeVisible();
    expect(screen.queryAllByText(/^Mails fail/)).toHaveLength(1);
    expect(await violations()).toEqual([]);
    list.unmount();
    server.use(http.get('*/api/v1/sessions', () => HttpResponse.json(pageOf([]))));
    signInAs({ permissions: [], mail_fails: { since: refused.mail_failed_at, why: refused.mail_failure } });
    renderApp(<ProfilePage />);
    expect(await screen.findByText(/^Mails to olivia@acme.test fail since 4 Mar 2026.* The mail server refused it: 550 no such box$/)).toBeVisible();
  });

  it('changes a role', async () => {
    let sent: unknown;
    server.use(members([olivia, ben]), http.patch('*/api/v1/members/m2', async ({ request }) => {
      sent = [await request.json(), request.headers.get('If-Match')];
      return HttpResponse.json(ben);
    }));
    const { user } = renderApp(<PeoplePage />);
    await user.click(await screen.findByRole('button', { name: 'Actions for Ben Osei' }));
    await user.click(await screen.findByRole('menuitem', { name: 'Change role' }));
    const dialog = await screen.findByRole('dialog', { name: /Ben Osei/ });
    await user.click(within(dialog).getByRole('combobox', { name: 'Role' }));
    await user.click(await screen.findByRole('option', { name: 'Manager' }));
    expect(screen.getByText(/approves time/)).toBeVisible();
    await user.click(screen.getByRole('button', { name: 'Save' }));
    expect(await screen.findByText('Ben Osei is Manager now')).toBeVisible();
    expect(sent).toEqual([{ role: 'manager' }, '"4"']);
  });

  it('invites several at once and keeps what failed', async () => {
    const sent: string[] = [];
    server.use(members([]), http.get('*/api/v1/invitations', () => HttpResponse.json(pageOf([]))), http.post('*/api/v1/invitations', async ({ request }) => {
      const { email } = (await request.json()) as { email: string };
      if (email === 'c@acme.test') return HttpResponse.json(problem(409, 'identity.member_exists', 'is a member already'), { status: 409 });
      sent.push(email);
      return HttpResponse.json({}, { status: 201 });
    }));
    const { user } = renderApp(<PeoplePage />);
    await user.click(await screen.findByRole('button', { name: 'Invite people' }));
    const field = await screen.findByLabelText(/E-mail addresses/);
    await user.type(field, 'nonsense');
    await user.click(screen.getByRole('button', { name: 'Send invitations' }));
    expect(await screen.findByText('nonsense is not an e-mail address')).toBeVisible();
    await user.clear(field);
    await user.type(field, 'Ann <a@acme.test>, c@acme.test; d@acme.test');
    await user.click(screen.getByRole('button', { name: 'Send invitations' }));
    expect(await screen.findByText(/2 sent. Not sent: c@acme.test/)).toBeVisible();
    expect(sent).toEqual(['a@acme.test', 'd@acme.test']);
    expect(field).toHaveValue('c@acme.test');
  });

  it('shows seats paid, used and kept before somebody is invited, and what so many more cost', async () => {
    const bill = {
      access: { level: 'full', plan: 'professional', max_seats: null, seat_limit: 10, features: [], reasons: ['in_order'], until: null, next: '' }, status: 'active', plan: 'starter', paid_plan: 'professional',
      seats_billed: 6, seats_paid: 7, seats_used: 6, seats_reserved: 1, period_start: '2026-11-01T00:00:00Z', period_end: '2026-12-01T00:00:00Z', trial_ends_at: null, cancel_at_period_end: false, pending_until: null,
      renewal: '174.00', currency: 'USD', subscribed: true, payment_failed: false, by_quarter: false,
    };
    const asked: unknown[] = [];
    server.use(members([]), http.get('*/api/v1/invitations', () => HttpResponse.json(pageOf([]))), http.get('*/api/v1/billing', () => HttpResponse.json(bill)), http.post('*/api/v1/billing/preview', async ({ request }) => {
      const wanted = (await request.json()) as { seats: number };
      asked.push(wanted);
      return HttpResponse.json({ today: '24.50', at_once: true, renewal: `${29 * wanted.seats}.00`, renewal_at: '2026-12-01T00:00:00Z', currency: 'USD', lost: [], ends_at: null, lines: [] });
    }));
    const { user } = renderApp(<PeoplePage />);
    await user.click(await screen.findByRole('button', { name: 'Invite people' }));
    expect(await screen.findByText(/6 of 7 paid seats are used, 1 kept for open invitations/)).toBeVisible();
    expect(await screen.findByText(/joined today: \$24\.50 for the rest of this period, charged at once, and \$232\.00 a month from 1 Dec 2026 on\. Now it is \$174\.00/)).toBeVisible();
    await user.type(await screen.findByLabelText(/E-mail addresses/), 'a@acme.test, b@acme.test');
    expect(await screen.findByText(/\$261\.00 a month/)).toBeVisible();
    expect(asked.at(-1)).toEqual({ plan: 'starter', seats: 9 });
    await user.type(screen.getByLabelText(/E-mail addresses/), ', c@acme.test, d@acme.test');
    expect(await screen.findByText(/Your plan holds 10: there is room for 3 more\./)).toBeVisible();
  });

  it('sends invitations again and withdraws them, on a phone too', async () => {
    screenWidth.px = 390;
    const done: string[] = [];
    server.use(
      http.get('*/api/v1/invitations', () => HttpResponse.json(pageOf([{ id: 'i1', email: 'z@acme.test', kind: 'staff', role: 'member', state: 'open', created_at: '2026-01-01T00:00:00Z', expires_at: '2026-01-08T00:00:00Z', sent_at: '2026-01-01T00:00:00Z', version: 1 }]))),
      http.post('*/api/v1/invitations/i1/:what', ({ params }) => {
        done.push(String(params.what));
        return HttpResponse.json({});
      }),
    );
    const { user } = renderApp(<PeoplePage />, { at: '/?tab=invitations' });
    await user.click(await screen.findByRole('button', { name: 'Actions for z@acme.test' }));
    await user.click(await screen.findByRole('menuitem', { name: 'Send again' }));
    expect(await screen.findByText(/The old link is off/)).toBeVisible();
    await user.click(screen.getByRole('button', { name: 'Actions for z@acme.test' }));
    await user.click(await screen.findByRole('menuitem', { name: 'Withdraw' }));
    await user.click(within(await screen.findByRole('alertdialog')).getByRole('button', { name: 'Withdraw' }));
    await waitFor(() => expect(done).toEqual(['resend', 'revoke']));
  });
});

it('archives a position and offers to undo it', async () => {
  const sent: unknown[] = [];
  server.use(
    http.get('*/api/v1/positions', () => HttpResponse.json(pageOf([{ id: 'p1', name: 'Developer', archived: false, version: 1 }]))),
    http.patch('*/api/v1/positions/p1', async ({ request }) => {
      sent.push(await request.json());
      return HttpResponse.json({ id: 'p1', name: 'Developer', archived: true, version: 2 });
    }),
  );
  const { user } = renderApp(<PositionsPage />);
  await user.click(await screen.findByRole('button', { name: 'Archive' }));
  await user.click(await screen.findByRole('button', { name: 'Undo' }));
  await waitFor(() => expect(sent).toEqual([{ archived: true }, { archived: false }]));
});

const chrome = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36';

it('lists sessions and ends them', async () => {
  const ended: string[] = [];
  const base = { created_at: '2026-01-01T00:00:00Z', last_seen_at: '2026-01-01T00:00:00Z', expires_at: '2026-02-01T00:00:00Z', ip: '192.0.2.7', aal: 'aal1' };
  server.use(
    http.get('*/api/v1/sessions', () => HttpResponse.json(pageOf([{ ...base, id: 's1', current: true, user_agent: chrome }, { ...base, id: 's2', current: false, user_agent: 'curl/8' }]))),
    http.get('*/api/v1/time-reminders/mine', () => HttpResponse.json({ missing: true, unsubmitted: true })),
    http.get('*/api/v1/calendar-feeds', () => HttpResponse.json(pageOf([]))),
    http.delete('*/api/v1/sessions/:id', ({ params }) => {
      ended.push(String(params.id));
      return new HttpResponse(null, { status: 204 });
    }),
    http.delete('*/api/v1/sessions', () => {
      ended.push('others');
      return new HttpResponse(null, { status: 204 });
    }),
  );
  const { user } = renderApp(<ProfilePage />);
  expect(await screen.findByText('Chrome on Linux')).toBeVisible();
  expect(await violations()).toEqual([]);
  await user.click(screen.getByRole('button', { name: 'End the session on Unknown device' }));
  expect(await screen.findByText('Session ended')).toBeVisible();
  await user.click(screen.getByRole('button', { name: 'End all others' }));
  await user.click(within(await screen.findByRole('alertdialog')).getByRole('button', { name: 'End all others' }));
  await waitFor(() => expect(ended).toEqual(['s2', 'others']));
  await user.click(await screen.findByRole('button', { name: 'End the session on Chrome on Linux' }, { timeout: 10_000 }));
  await waitFor(() => expect(vi.mocked(session.go)).toHaveBeenCalledWith('/'));
});

it('adds a calendar after the server has read it, says what is wrong beside its address, and removes it', async () => {
  const feed = { id: 'f1', host: 'calendar.example.com', name: 'Work', state: 'ok', problem: '', fetched_at: new Date().toISOString(), read_at: null, next_fetch_at: '', events: 42, skipped: 1, created_at: '' };
  let feeds: (typeof feed)[] = [];
  server.use(
    http.get('*/api/v1/sessions', () => HttpResponse.json(pageOf([]))),
    http.get('*/api/v1/time-reminders/mine', () => HttpResponse.json({ missing: true, unsubmitted: true })),
    http.get('*/api/v1/calendar-feeds', () => HttpResponse.json(pageOf(feeds))),
    http.post('*/api/v1/calendar-feeds', async ({ request }) => {
      const { address } = (await request.json()) as { address: string };
      if (!address.endsWith('.ics')) return HttpResponse.json(problem(422, 'calendars.gone', 'This calendar cannot be read.', [{ location: 'body.address', message: 'leads to nothing: it may have been reset or unpublished' }]), { status: 422 });
      feeds = [feed];
      return HttpResponse.json(feed, { status: 201 });
    }),
    http.post('*/api/v1/calendar-feeds/f1/refresh', () => {
      feeds = [{ ...feed, state: 'failing', problem: 'The address did not answer within 10 seconds.' }];
      return HttpResponse.json(feeds[0] ?? null);
    }),
    http.delete('*/api/v1/calendar-feeds/f1', () => {
      feeds = [];
      return new HttpResponse(null, { status: 204 });
    }),
  );
  signInAs({ permissions: ['timesheets.entries.write'] });
  const { user } = renderApp(<ProfilePage />);
  await user.click(await screen.findByRole('button', { name: 'Add a calendar' }));
  const dialog = await screen.findByRole('dialog', { name: 'Add a calendar' });
  expect(within(dialog).getByText(/Secret address in iCal format/)).toBeVisible();
  const address = within(dialog).getByLabelText(/^Address of the calendar/);
  await user.click(address);
  await user.paste('webcal://calendar.example.com/old');
  await user.click(within(dialog).getByRole('button', { name: 'Add' }));
  expect(await within(dialog).findByText('leads to nothing: it may have been reset or unpublished')).toBeVisible();
  await user.paste('.ics');
  await user.click(within(dialog).getByRole('button', { name: 'Add' }));
  expect(await screen.findByText('Calendar added with 42 events in these weeks')).toBeVisible();
  expect(await screen.findByText(/calendar.example.com · 42 events in these weeks · 1 could not be read/)).toBeVisible();
  expect(await violations()).toEqual([]);
  await user.click(screen.getByRole('button', { name: 'Refresh Work' }));
  expect((await screen.findAllByText('The address did not answer within 10 seconds.'))[0]).toBeVisible();
  await user.click(screen.getByRole('button', { name: 'Remove Work' }));
  await user.click(within(await screen.findByRole('alertdialog')).getByRole('button', { name: 'Remove' }));
  expect(await screen.findByText('No calendar yet.')).toBeVisible();
});

it('makes a token, shows it once and revokes it', async () => {
  let sent: { scopes?: string[]; expires_at?: string } = {};
  server.use(
    http.get('*/api/v1/api-tokens', () => HttpResponse.json(pageOf([{ id: 't1', name: 'Old export', scopes: ['*:read'], member_id: 'm', created_at: '2026-01-01T00:00:00Z', expires_at: null, last_used_at: null, hint: 'abcd' }]))),
    http.get('*/api/v1/api-tokens/scopes', () => HttpResponse.json({ items: ['*', '*:read', 'clients.*', 'clients.clients.read', 'rates.cards.read'] })),
    http.post('*/api/v1/api-tokens', async ({ request }) => {
      sent = (await request.json()) as typeof sent;
      return HttpResponse.json({ id: 't2', token: 'bureau_s3cret' }, { status: 201 });
    }),
    http.delete('*/api/v1/api-tokens/t1', () => new HttpResponse(null, { status: 204 })),
  );
  const { user } = renderApp(<TokensPage />);
  expect(await screen.findByText('Old export')).toBeVisible();
  await user.click(screen.getByRole('button', { name: 'Create a token' }));
  await user.type(await screen.findByLabelText(/Name/), 'Nightly');
  await user.click(screen.getByRole('combobox', { name: 'What it may do' }));
  await user.click(await screen.findByRole('option', { name: 'Only some parts' }));
  await user.click(screen.getByRole('button', { name: 'Create' }));
  expect(await screen.findByText('Choose at least one')).toBeVisible();
  await user.click(await screen.findByRole('checkbox', { name: 'clients.read' }));
  await user.click(screen.getByRole('button', { name: 'Create' }));
  expect(await screen.findByText('bureau_s3cret')).toBeVisible();
  expect(await violations()).toEqual([]);
  expect(sent.scopes).toEqual(['clients.clients.read']);
  expect(Date.parse(sent.expires_at ?? '')).toBeGreaterThan(Date.now() + 89 * 86_400_000);
  await user.click(screen.getByRole('button', { name: 'I have copied it' }));
  await user.click(await screen.findByRole('button', { name: 'Revoke' }));
  await user.click(within(await screen.findByRole('alertdialog')).getByRole('button', { name: 'Revoke' }));
  expect(await screen.findByText('Old export is revoked')).toBeVisible();
});

it('exports all data, shows how far it is, and hands out what is ready', async () => {
  const ready = { id: 'e1', state: 'ready', encrypted: false, asked_at: '2026-01-01T00:00:00Z', asked_by: 'Olivia Owner', progress: 100, finished_at: '2026-01-01T00:00:01Z', expires_at: '2030-01-08T00:00:01Z', size: 1_234_000, rows: 10, files: 2 };
  const items = [ready];
  let sent: unknown;
  let asked = '';
  server.use(
    http.get('*/api/v1/exports', () => HttpResponse.json(pageOf(items))),
    http.post('*/api/v1/exports', async ({ request }) => {
      sent = await request.json();
      if ((sent as { recipient?: string }).recipient === 'bob') {
        return HttpResponse.json({ status: 422, code: 'agency.invalid_settings', title: 'Invalid', detail: 'Some settings cannot be used.', errors: [{ location: 'body.recipient', message: 'is not a public key of age' }] }, { status: 422 });
      }
      items.unshift({ ...ready, id: 'e2', state: 'running', progress: 40, size: 0 });
      return HttpResponse.json(items[0], { status: 201 });
    }),
    http.post('*/api/v1/exports/:id/link', ({ params }) => {
      asked = String(params.id);
      return HttpResponse.json({ url: '#archive', expires_at: '2026-01-01T00:05:00Z' });
    }),
  );
  const { user } = renderApp(<DataPage />);
  expect(await screen.findByText('1.2 MB')).toBeVisible();
  expect(await violations()).toEqual([]);
  await user.click(screen.getByRole('button', { name: 'Download' }));
  await waitFor(() => expect(asked).toBe('e1'));
  await user.click(screen.getByRole('button', { name: 'Export' }));
  const dialog = await screen.findByRole('dialog');
  const key = within(dialog).getByLabelText(/Encrypt for/);
  await user.type(key, 'bob');
  await user.click(within(dialog).getByRole('button', { name: 'Export' }));
  expect(await within(dialog).findByText(/is not a public key/)).toBeVisible();
  await user.clear(key);
  await user.click(within(dialog).getByRole('button', { name: 'Export' }));
  expect(await screen.findByText(/being made: 40 %/)).toBeVisible();
  expect(sent).toEqual({});
  expect(screen.getByRole('progressbar', { name: 'Progress of the export' })).toHaveAttribute('aria-valuenow', '40');
  expect(screen.getByRole('button', { name: 'Export' })).toBeDisabled();
});

it('shows everybody only the settings that lead somewhere', async () => {
  server.use(http.get('*/api/v1/me', () => HttpResponse.json(meAnswer(me({ role: 'member', permissions: ['agency.settings.read', 'identity.tokens.write'] })))));
  renderApp(<IndexPage />);
  expect(await screen.findByRole('link', { name: /My profile/ })).toBeVisible();
  await waitFor(() => expect(screen.getByRole('link', { name: /API tokens/ })).toBeVisible());
  expect(screen.queryByRole('link', { name: /Audit log/ })).toBeNull();
});

describe('model', () => {
  it.each([
    [chrome, { browser: 'Chrome', system: 'Linux' }],
    ['Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Mobile/15E148 Safari/604.1', { browser: 'Safari', system: 'iPhone' }],
    ['Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36 Edg/156.0', { browser: 'Edge', system: 'Windows' }],
    ['curl/8', { browser: '', system: '' }],
  ])('reads %s', (ua, want) => expect(deviceOf(ua)).toEqual(want));
  it('reads pasted addresses', () => expect(addressesIn('A <a@x.io>;b@x.io\nB@x.io, c@ d')).toEqual({ good: ['a@x.io', 'B@x.io'], bad: ['c@', 'd'] }));
  it('knows the present zone even when the browser does not', () => expect(timeZones('Mars/Olympus').at(-1)?.value).toBe('Mars/Olympus'));
});
