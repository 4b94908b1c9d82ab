// A month of five people at one client, billed in every way there is: by the hour, a fixed fee by
// percent, milestones that the client accepts, and a retainer. From entries to paid invoices.
import { issue, pay } from './money.mjs';
import { Person } from '../harness.mjs';
import { choose, dialogOf, expect, find, finish, go } from './parts.mjs';

const hours = (h, m = 0) => (h * 60 + m) * 60;
// What each of the four works on each of two days; the fifth is the client.
const day = { shop: hours(3, 20), app: hours(2), audit: hours(1), care: hours(1, 30) };

/** The month before this one: its first day, two days of work, its last. */
function lastMonth() {
  const now = new Date();
  const at = (d) => new Date(Date.UTC(now.getFullYear(), now.getMonth() - 1, d)).toISOString().slice(0, 10);
  return { first: at(1), days: [at(6), at(20)], last: new Date(Date.UTC(now.getFullYear(), now.getMonth(), 0)).toISOString().slice(0, 10) };
}

/** The projects and what was agreed for them; the month's time of everybody, approved. */
export async function workTheMonth(cast) {
  const { olivia, marco, mina, fay, clientUrl } = cast;
  const staff = [olivia, marco, mina, fay];
  olivia.report.step(`${olivia.width}: four people work a month on four projects, each agreed on in another way`);
  const clientId = clientUrl.split('/').pop();
  const { first, days } = lastMonth();
  const me = new Map();
  for (const p of staff) me.set(p, await p.api('GET', '/api/v1/me'));
  const id = (p) => me.get(p).member.id;
  const { currency } = await olivia.api('GET', clientUrl.replace('/clients', '/api/v1/clients'));
  const money = (amount) => ({ amount, currency });
  const [card] = (await olivia.api('GET', '/api/v1/rate-cards')).items;
  for (const [p, rate] of [[olivia, '150'], [marco, '100'], [fay, '80']]) {
    await olivia.api('POST', `/api/v1/rate-cards/${card.id}/rates`, { kind: 'member', target_id: id(p), per_hour: rate, valid_from: `${first.slice(0, 4) - 1}-01-01` });
  }
  const project = {};
  for (const [key, name] of Object.entries({ shop: 'Web shop', app: 'Field app', audit: 'Security audit', care: 'Monthly care' })) {
    project[key] = await olivia.api('POST', '/api/v1/projects', { client_id: clientId, name, starts_on: first, manager_id: id(marco), member_ids: staff.map(id) });
  }
  const fee = (key, rest) => olivia.api('POST', '/api/v1/fees', { project_id: project[key].id, covers: 'project', ...rest });
  await fee('app', { name: 'App', kind: 'percent', amount: money('10000.00') });
  await fee('audit', { name: 'Audit', kind: 'milestones', amount: money('2500.50'), parts: [{ name: 'Findings', percent: '30' }, { name: 'Report', percent: '70' }] });
  cast.retainer = await olivia.api('POST', '/api/v1/retainers', { client_id: clientId, project_id: project.care.id, name: 'Care', unit: 'hours', every: 'month', starts_on: first, grant: '12', fee: '900.00', rollover: 'none', deficit: 'carry', overage: 'rate', grace_days: 60 });
  cast.project = project;
  await Promise.all(staff.map(async (p) => {
    for (const on of days) {
      for (const [key, seconds] of Object.entries(day)) await p.api('POST', '/api/v1/time-entries', { project_id: project[key].id, day: on, seconds, note: `Work on ${key}` });
      const sheet = await p.api('POST', '/api/v1/timesheets', { week: on });
      await p.api('POST', `/api/v1/timesheets/${sheet.id}/submit`, undefined, sheet.version);
    }
  }));
  const { items } = await olivia.api('GET', `/api/v1/timesheets?state=submitted&limit=100`);
  expect(items.length === 8, `eight weeks are submitted, and there are ${items.length}`);
  for (const s of items) await (s.member_id === id(olivia) ? marco : olivia).api('POST', `/api/v1/timesheets/${s.id}/approve`, {}, s.version);
}

/** A draft of one project, from last month's time or of a fee, whose total is told before it is made. */
async function draftOf(p, name, { fee, total }) {
  const { page } = p;
  await go(p, 'Invoices');
  await page.getByRole('button', { name: 'New invoice' }).first().click();
  const dialog = dialogOf(p, 'New invoice');
  await find(p, dialog, 'Client', 'Initech');
  await choose(p, dialog, 'Projects', name);
  await dialog.getByRole('button', { name: 'Last month' }).click();
  if (fee) await dialog.getByRole('checkbox', { name: fee }).check();
  await dialog.locator('strong').filter({ hasText: total }).waitFor();
  await dialog.getByRole('button', { name: 'Create draft' }).click();
  await page.waitForURL(/\/invoices\/[0-9a-f-]{36}/);
}

async function issueAndPay(p, total) {
  const { page } = p;
  await page.getByRole('article', { name: 'Invoice' }).getByText(total).first().waitFor();
  const number = await issue(p, false);
  await pay(p);
  await page.getByText('Paid', { exact: true }).first().waitFor();
  return number;
}

/** 40 % of a fee is done, says the owner; it is billed. */
async function percentOfAFee({ fay, slug, project }, owner) {
  fay.report.step(`${fay.width}: bills 40 % of a fixed fee, and is paid`);
  await owner.page.goto(owner.url(slug, `/projects/${project.app.id}?tab=billing`));
  await owner.page.getByRole('button', { name: 'What to do with App' }).click();
  await owner.page.getByRole('menuitem', { name: 'Set percent done' }).click();
  const dialog = dialogOf(owner, 'Set percent done');
  const done = dialog.getByLabel('Done, in percent');
  await done.fill('101');
  await owner.refused(422, async () => {
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.locator('[aria-invalid=true]').waitFor();
  });
  await done.fill('40');
  await finish(dialog, 'Save');
  await owner.look('project-fee');
  await draftOf(fay, 'Field app', { fee: /App: 40/, total: '4,760.00' });
  return issueAndPay(fay, '4,760.00');
}

async function milestone({ fay, cleo, slug, project }, owner) {
  fay.report.step(`${fay.width}: the client accepts a milestone; it is billed and paid`);
  await owner.page.goto(owner.url(slug, `/projects/${project.audit.id}?tab=billing`));
  await owner.page.getByText('Findings').first().waitFor();
  await owner.look('project-milestones');
  await cleo.page.goto(cleo.url(slug, '/portal'));
  const accept = cleo.page.getByRole('button', { name: 'Accept Findings' });
  await accept.click();
  await cleo.page.getByRole('alertdialog').getByRole('button', { name: 'Accept', exact: true }).click();
  // The start page lists what waits, and it waits no more.
  await accept.waitFor({ state: 'detached' });
  await draftOf(fay, 'Security audit', { fee: /Audit: Findings/, total: '892.68' });
  return issueAndPay(fay, '892.68');
}

async function retainerOfTheMonth({ fay, slug, retainer }, owner) {
  fay.report.step(`${fay.width}: the retainer’s month adds up; its fee is billed and paid`);
  await owner.page.goto(owner.url(slug, `/retainers/${retainer.id}`));
  await owner.page.getByRole('heading', { level: 1, name: 'Care' }).waitFor();
  await owner.look('retainer');
  const { items } = await owner.api('GET', `/api/v1/retainers/${retainer.id}/periods`);
  const month = items.find((p) => p.from_on === lastMonth().first);
  expect(month.used.seconds === hours(12), `twelve hours are used: ${JSON.stringify(month)}`);
  await owner.visit(slug, `/retainers/${retainer.id}/periods/${month.id}`, 'retainer-statement');
  // Its fee was drafted when the period was made.
  await fay.page.goto(fay.url(slug, `/invoices/${month.invoice_id}`));
  return issueAndPay(fay, '1,071.00');
}

/** The month's invoices, each paid, and the client who sees them: all four on a wide screen, two of them on a phone. */
export async function billTheMonth(cast) {
  const { fay, cleo, olivia, slug } = cast;
  // The owner is elsewhere meanwhile.
  const owner = new Person(fay.browser, fay.report, { ...olivia, name: olivia.name });
  await owner.open(olivia.width, await olivia.context.storageState());

  fay.report.step(`${fay.width}: bills the month’s hours, and is paid`);
  // 6:40 each at 150, 100, 120 and 80 are 3,000.00; with 19 % on it.
  await draftOf(fay, 'Web shop', { total: '3,570.00' });
  const numbers = [await issueAndPay(fay, '3,570.00')];
  for (const part of fay.width === 'desk' ? [percentOfAFee, milestone, retainerOfTheMonth] : [milestone]) numbers.push(await part(cast, owner));

  cleo.report.step(`${cleo.width}: the client sees the month’s invoices, all of them paid`);
  await cleo.page.goto(cleo.url(slug, '/portal/invoices'));
  for (const n of numbers) await cleo.page.getByText(n).first().waitFor();
  await cleo.look('portal-month');
  await owner.context.close();
}
