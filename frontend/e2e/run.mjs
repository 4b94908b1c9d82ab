// The first half of the product's story in a browser: an agency signs up, adds
// a client, plans a project and logs time. Every page is looked at on both
// widths: accessibility in light and dark, width, jumps, errors.
import { openBrowser, Person, Report, startServer } from './harness.mjs';

const report = new Report();
const server = await startServer();
const browser = await openBrowser();
const slug = `acme-${Date.now().toString(36)}`;
let failed = false;

try {
  const olivia = new Person(browser, report, { port: server.port, name: 'Olivia Owner', email: `olivia@${slug}.test` });
  await olivia.open('desk');
  await signUp(olivia);
  const client = await addClient(olivia);
  const project = await planProject(olivia, client);
  await logTime(olivia, client, project);
  await lookAround(olivia, client, project);
} catch (e) {
  failed = true;
  console.error(e);
} finally {
  await browser.close();
  await server.stop();
}

console.log(`\n${report.steps} steps, ${report.pages} looks, ${report.problems.length} problems`);
process.exit(failed || report.problems.length > 0 ? 1 : 0);

async function signUp(p) {
  report.step('signs up');
  const { page } = p;
  await p.visit('', '/', 'landing');
  await p.visit('', '/sign-up', 'sign-up');
  await page.getByLabel('Agency name').fill('Acme Digital');
  await page.getByLabel('Web address').fill('admin');
  await page.getByText(/cannot be used|reserved|kept/i).first().waitFor();
  await page.getByLabel('Web address').fill(slug);
  await page.getByText(/is free/).waitFor();
  await page.locator('button[type=submit]').click();
  await page.waitForURL(/registration/);
  await p.look('registration');
  await page.locator('input[name="traits.name"]').fill(p.name);
  await page.locator('input[name="traits.email"]').fill(p.email);
  await page.locator('input[name="password"]').fill(p.password);
  await page.locator('button[type=submit]').last().click();
  await page.waitForURL(/verification/);
  await p.look('verification');
  const letter = await p.mail(/verify/i);
  await page.locator('input[name=code]').fill(/\b(\d{6})\b/.exec(letter.text)[1]);
  await page.locator('button[type=submit]').first().click();
  await page.waitForURL((u) => u.hostname.startsWith(slug));
  await page.getByRole('button', { name: 'Load sample data' }).waitFor();
  await p.look('start');
}

async function addClient(p) {
  report.step('adds a client');
  const { page } = p;
  await p.visit(slug, '/clients');
  await page.getByRole('button', { name: 'New client' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name', { exact: false }).first().fill('Initech');
  await p.look('client-new');
  await dialog.locator('button[type=submit]').click();
  await dialog.waitFor({ state: 'hidden' });
  const { items } = await p.api('GET', '/api/v1/clients?q=Initech');
  if (items.length !== 1) throw new Error('the client was not kept');
  await p.visit(slug, `/clients/${items[0].id}`, 'client');
  return items[0];
}

async function planProject(p, client) {
  report.step('plans a project and its task');
  const { page } = p;
  await p.visit(slug, '/projects');
  await page.getByRole('button', { name: 'New project' }).first().click();
  await page.getByRole('dialog').waitFor();
  await p.look('project-new');
  await page.keyboard.press('Escape');
  const project = await p.api('POST', '/api/v1/projects', { client_id: client.id, name: 'Website relaunch', state: 'active' });
  await p.api('POST', '/api/v1/tasks', { project_id: project.id, name: 'Draw the header' });
  await p.visit(slug, `/projects/${project.id}`, 'project');
  await page.getByText('Draw the header').first().waitFor();
  return project;
}

async function logTime(p, client, project) {
  report.step('logs time and sees it in the week');
  const { page } = p;
  const day = new Date().toISOString().slice(0, 10);
  await p.api('POST', '/api/v1/time-entries', { project_id: project.id, day, seconds: 5400, note: 'Header' });
  await p.visit(slug, '/time');
  await page.getByText('Website relaunch').first().waitFor();
}

async function lookAround(p, client, project) {
  const pages = ['/', '/clients', `/clients/${client.id}`, '/projects', `/projects/${project.id}`, '/tasks', '/time', '/approvals', '/rates', '/invoices', '/audit', '/settings', '/settings/agency', '/settings/people', '/settings/positions', '/settings/profile', '/settings/tokens'];
  report.step('looks at every page on a wide screen');
  for (const at of pages) await p.visit(slug, at, `all${at}`);
  report.step('checks the chain of the audit log');
  await p.page.goto(p.url(slug, '/audit'));
  await p.page.getByRole('button', { name: 'Check the chain' }).click();
  await p.page.getByText(/The chain is whole/).waitFor();
  report.step('jumps by keyboard');
  await p.page.keyboard.press('Control+k');
  await p.page.getByRole('dialog').getByPlaceholder(/client/).fill('Initech');
  await p.page.getByRole('option', { name: /Initech/ }).first().waitFor();
  await p.page.keyboard.press('Escape');
  report.step('looks at every page on a phone');
  await p.turnTo('phone');
  for (const at of pages) await p.visit(slug, at, `all${at}`);
}
