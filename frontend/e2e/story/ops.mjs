// Those who run the platform: an operator is named on the command line, comes in with a second
// factor, opens an agency, sells, grants, looks inside, suspends and opens it again. A second one agrees to what is large.
import { totp } from './account.mjs';
import { register } from './entry.mjs';
import { choose, dialogOf, expect, finish } from './parts.mjs';

/** Does something to the agency that is open, and says why. */
async function act(p, button, reason) {
  await p.page.getByRole('button', { name: button, exact: true }).click();
  const dialog = dialogOf(p, button);
  await dialog.getByLabel('Reason').fill(reason);
  await finish(dialog, button);
}

/** Makes the account and the second factor, which nobody is let in without. */
async function comeIn(p) {
  await p.refused([401, 403], () => enter(p));
}

async function enter(p) {
  const { page } = p;
  await page.goto(p.url('auth', '/.ory/self-service/registration/browser'));
  await register(p);
  await page.getByText('You do not belong to any agency yet').waitFor();
  await page.goto(p.url('ops'));
  await page.locator('input[name=totp_code]').waitFor();
  const secret = await page.locator('code').first().innerText();
  await page.locator('input[name=totp_code]').fill(totp(secret));
  await page.getByRole('button', { name: 'Switch on' }).click();
  await page.getByRole('heading', { level: 1, name: 'Agencies' }).waitFor();
}

/** A second operator agrees to the order and to the credit; the first is not even offered to. */
async function agree(p, oscar, bureau, at) {
  const { page } = p;
  await page.goto(p.url('ops', at));
  await page.getByText('Waits for a second operator').first().waitFor();
  await page.getByRole('button', { name: 'Take back' }).waitFor();
  expect((await page.getByRole('button', { name: 'Approve' }).count()) === 0, 'nobody approves what they asked for');
  await oscar.open();
  await bureau('operator', 'create', '--email', oscar.email, '--name', oscar.name);
  await comeIn(oscar);
  await oscar.page.goto(oscar.url('ops', at));
  const approve = oscar.page.getByRole('button', { name: 'Approve' });
  await approve.nth(1).waitFor();
  await approve.first().click();
  await approve.nth(1).waitFor({ state: 'detached' });
  await approve.first().click();
  await approve.first().waitFor({ state: 'detached' });
  await oscar.page.getByText('Waits for a second operator').first().waitFor({ state: 'detached' });
  await oscar.look('ops-agreed');
  await oscar.context.close();
  // What was agreed to is done in the background.
  for (const done of ['Given back', 'Invoiced']) {
    const word = page.getByText(done, { exact: true }).first();
    for (let n = 0; n < 20 && (await word.count()) === 0; n++) {
      await page.goto(p.url('ops', at));
      await p.settle();
      await page.getByText('An hour of outage').first().waitFor();
    }
    await word.waitFor();
  }
}

export async function operate(p, bureau, oscar) {
  const { report, slug } = p;
  let { page } = p;
  const say = (text) => report.step(`${p.width}: ${text}`);

  say('an operator is named on the command line, and comes in with a second factor');
  await bureau('operator', 'create', '--email', p.email, '--name', p.name);
  await comeIn(p);

  say('opens an agency');
  await page.getByRole('button', { name: 'Open an agency' }).first().click();
  const opening = dialogOf(p, 'Open an agency');
  await opening.getByLabel('Name').first().fill('Opened by Opal');
  await opening.getByLabel('Address').fill(slug);
  await opening.getByLabel('Owner’s e-mail').fill(`owner@${slug}.test`);
  await finish(opening, 'Open an agency');
  await p.look('ops-agencies');
  await page.getByLabel('Search name or address').fill(slug);
  await page.waitForURL(/q=/);
  await p.settle();
  await page.getByRole('link', { name: /Opened by Opal/ }).click();
  await page.getByRole('heading', { level: 1, name: 'Opened by Opal' }).waitFor();

  say('places an order, and grants an override');
  await page.getByRole('button', { name: 'Place an order' }).click();
  const order = dialogOf(p, 'Place an order');
  await order.getByLabel('What is delivered').fill('Import of ten years of projects');
  await order.getByLabel('Amount in USD').fill('12000.00');
  await finish(order, 'Place an order');
  await page.getByText('Waits for a second operator').first().waitFor();
  await page.getByRole('button', { name: 'Grant an override' }).click();
  const grant = dialogOf(p, 'Grant an override');
  await choose(p, grant, 'Plan', 'Enterprise');
  await grant.getByLabel('Reason').fill('A pilot, as agreed');
  await p.look('ops-override');
  await finish(grant, 'Grant an override');
  await page.getByText('A pilot, as agreed').first().waitFor();

  say('gives money back, and reads what differs from the payment provider');
  await page.getByRole('button', { name: 'Give money back' }).click();
  const back = dialogOf(p, 'Give money back');
  await back.getByLabel('Amount in USD').fill('600.00');
  await back.getByLabel('Reason').fill('An hour of outage');
  await finish(back, 'Give money back');
  await page.getByText('An hour of outage').first().waitFor();
  const money = new URL(page.url()).pathname;
  await p.visit('ops', '/drift', 'ops-drift');
  await page.goto(p.url('ops', money));
  await page.getByText('An hour of outage').first().waitFor();

  say('a second operator agrees to the order and to the credit');
  await agree(p, oscar, bureau, money);

  say('looks inside, with a banner that says so');
  const agency = page.url();
  await page.getByRole('button', { name: 'Look inside', exact: true }).click();
  const looking = dialogOf(p, 'Look inside');
  await looking.getByLabel('Reason').fill('The import hangs, ticket 12');
  await looking.getByRole('button', { name: 'Look inside', exact: true }).click();
  await page.waitForURL((u) => u.hostname.startsWith(slug));
  await page.getByText(/The import hangs, ticket 12/).first().waitFor();
  await p.look('ops-inside');
  await p.turnTo('phone');
  await p.look('ops-inside');
  await p.turnTo('desk');

  say('suspends the agency and opens it again');
  page = p.page;
  await page.goto(agency);
  await act(p, 'Suspend', 'They asked for it');
  await page.getByText('Suspended').first().waitFor();
  await act(p, 'Open again', 'They asked for it again');
  await page.getByRole('button', { name: 'Suspend', exact: true }).waitFor();
  await act(p, 'Migrate', 'To be sure');
  await page.getByText('Done', { exact: true }).first().waitFor();
  const { pathname } = new URL(agency);
  await p.visit('ops', pathname, 'ops-agency');

  say('moves the agency to another database, and drops the copy that stays behind');
  await page.getByRole('button', { name: 'Move', exact: true }).click();
  const moving = dialogOf(p, 'Move');
  await moving.getByText('second, 0 agencies').waitFor();
  await moving.getByLabel('Reason').fill('More room there');
  await p.look('ops-move');
  await finish(moving, 'Move');
  await page.getByText('Move to second').first().waitFor();
  await page.getByText('The old copy on main').waitFor();
  await page.getByText('second', { exact: true }).first().waitFor();
  await p.look('ops-moved');
  await p.turnTo('phone');
  await p.page.getByText('The old copy on main').scrollIntoViewIfNeeded();
  await p.look('ops-moved');
  await act(p, 'Drop the old copy', 'Nobody misses it');
  await p.page.getByText('Drop the old copy on main').first().waitFor();
  await p.page.getByRole('button', { name: 'Drop the old copy', exact: true }).waitFor({ state: 'detached' });
  await p.turnTo('desk');

  say('reads how the platform does, on a phone too');
  await p.visit('ops', '/growth', 'ops-growth');
  await p.turnTo('phone');
  for (const [name, at] of Object.entries({ agencies: '/', agency: pathname, health: '/health', jobs: '/jobs', drift: '/drift', growth: '/growth', history: '/history' })) await p.visit('ops', at, `ops-${name}`);
  await p.page.getByText('They asked for it again').first().waitFor();
}
