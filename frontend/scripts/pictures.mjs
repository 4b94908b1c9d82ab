// Takes the pictures of the README and the guide from the sample agency, so that
// they can be made again whenever a page changes: npm run pictures.
// BUREAU_E2E_PORT=8080 uses a server that runs already, with --demo.
import { mkdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { openBrowser, startServer, widths } from '../e2e/harness.mjs';

const folder = path.join(path.dirname(fileURLToPath(import.meta.url)), '../../docs/pictures');
const heaviest = 200_000;
const password = 'sample-agency-2026';
const people = { owner: 'owner@sample.example', member: 'jonas.weber@sample.example', finance: 'hannah.berg@sample.example' };

/** What to take: who looks, at which width, and how they get to the page. */
const pictures = [
  { name: 'start', who: 'owner', go: (p) => p.open('/') },
  { name: 'clients', who: 'owner', go: async (p) => p.open(`/clients/${(await p.get('/api/v1/clients?q=Northwind')).items[0].id}`) },
  { name: 'projects', who: 'owner', go: (p) => p.open('/projects') },
  { name: 'board', who: 'owner', go: async (p) => p.open(`/projects/${(await p.get('/api/v1/projects?q=Website')).items[0].id}`) },
  { name: 'week', who: 'member', go: (p) => p.open('/time') },
  { name: 'approvals', who: 'owner', go: async (p) => { await p.open('/approvals'); await p.page.getByRole('button', { name: /^Show the lines/ }).first().click(); } },
  { name: 'rates', who: 'owner', go: (p) => p.open('/rates?tab=who') },
  { name: 'invoices', who: 'finance', go: (p) => p.open('/invoices') },
  { name: 'invoice', who: 'finance', go: async (p) => p.open(`/invoices/${(await p.get('/api/v1/invoices?status=open')).items[0].id}`) },
  { name: 'portal', who: 'owner', go: async (p) => p.open(`/portal?as=${(await p.get('/api/v1/contacts?q=Greta')).items[0].id}`) },
  { name: 'fee', who: 'finance', go: async (p) => p.open(`/projects/${(await p.get('/api/v1/fees')).items[0].project_id}?tab=billing`) },
  { name: 'budget', who: 'owner', go: async (p) => p.open(`/projects/${(await p.get('/api/v1/fees')).items[0].project_id}?tab=budget`) },
  { name: 'retainer', who: 'finance', go: async (p) => p.open(`/retainers/${(await p.get('/api/v1/retainers')).items[0].id}`) },
  { name: 'run', who: 'finance', go: async (p) => { await p.open('/invoice-runs/new'); await p.page.getByRole('button', { name: 'Start the run' }).waitFor(); } },
  { name: 'recurring', who: 'finance', go: async (p) => p.open(`/recurring/${(await p.get('/api/v1/recurring-invoices')).items[0].id}`) },
  { name: 'dark', who: 'finance', scheme: 'dark', go: (p) => p.open('/invoices') },
  { name: 'phone-time', who: 'member', width: 'phone', go: (p) => p.open('/time') },
  { name: 'phone-start', who: 'member', width: 'phone', go: (p) => p.open('/') },
];

const server = await startServer(['--demo']);
const browser = await openBrowser();
const origin = `http://fernwood.bureau.localhost:${server.port}`;
const states = {};
try {
  mkdirSync(folder, { recursive: true });
  for (const [who, email] of Object.entries(people)) states[who] = await signIn(email);
  for (const picture of pictures) await take(picture);
} finally {
  await browser.close();
  await server.stop();
}

async function signIn(email) {
  const context = await browser.newContext(widths.desk);
  const page = await context.newPage();
  await page.goto(origin);
  await page.locator('input[name=identifier]').fill(email);
  await page.locator('input[name=password]').fill(password);
  await page.locator('button[type=submit]').first().click();
  await page.waitForURL((u) => u.origin === origin);
  const state = await context.storageState();
  await context.close();
  return state;
}

async function take({ name, who, width = 'desk', scheme = 'light', go }) {
  const context = await browser.newContext({ ...widths[width], storageState: states[who], colorScheme: scheme, locale: 'en-GB', timezoneId: 'Europe/Berlin', reducedMotion: 'reduce' });
  const page = await context.newPage();
  await page.goto(`${origin}/settings`);
  await go({
    page,
    open: (at) => page.goto(origin + at),
    get: (at) => page.evaluate(async (url) => (await fetch(url)).json(), at),
  });
  await page.locator('h1').first().waitFor();
  await page.waitForFunction(() => !document.querySelector('[aria-busy=true]'));
  await page.evaluate(() => document.fonts.ready);
  const file = path.join(folder, `${name}.png`);
  await page.screenshot({ path: file });
  await context.close();
  const { size } = statSync(file);
  console.log(`${name}.png ${Math.round(size / 1000)} KB`);
  if (size > heaviest) throw new Error(`${name}.png is heavier than ${heaviest / 1000} KB`);
}
