import { chromium } from 'playwright-core';
import { AxeBuilder } from '@axe-core/playwright';
const port = 8160, base = `http://fernwood.bureau.localhost:${port}`;
const b = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-dev-shm-usage'] });
const widths = { desk: { viewport: { width: 1440, height: 900 } }, phone: { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, deviceScaleFactor: 1 } };
let state;
try { state = JSON.parse((await import('node:fs')).readFileSync('/tmp/run/projects-state.json')); } catch {}
const only = process.argv.slice(2);
for (const [w, o] of Object.entries(widths)) {
  const c = await b.newContext({ ...o, storageState: state, locale: 'en-GB', timezoneId: 'Europe/Berlin', reducedMotion: 'reduce' });
  const p = await c.newPage();
  p.setDefaultTimeout(20000);
  p.on('console', (m) => m.type() === 'error' && console.log(w, 'console', m.text().slice(0, 300)));
  p.on('pageerror', (e) => console.log(w, 'pageerror', e.message.slice(0, 400)));
  await p.goto(base + '/projects');
  if (!state) {
    await p.waitForURL(/auth\./);
    await p.getByLabel(/e-?mail/i).first().fill('owner@sample.example');
    const pw = p.getByLabel(/password/i).first();
    if (!(await pw.isVisible().catch(() => false))) await p.keyboard.press('Enter');
    await pw.fill('sample-agency-2026');
    await p.keyboard.press('Enter');
    await p.waitForURL(/fernwood/);
    await p.waitForTimeout(1500);
    state = await c.storageState();
    (await import('node:fs')).writeFileSync('/tmp/run/projects-state.json', JSON.stringify(state));
    await p.goto(base + '/projects');
  }
  const shot = async (name, axe = true) => {
    await p.waitForTimeout(700);
    await p.screenshot({ path: `/tmp/run/shots/${name}-${w}.png` });
    const over = await p.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    if (over > 0) console.log(w, name, 'sideways', over);
    if (axe) {
      const r = await new AxeBuilder({ page: p }).withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice']).analyze();
      for (const v of r.violations) console.log(w, name, v.id, v.nodes.length, v.nodes[0].html.slice(0, 200), v.nodes[0].failureSummary?.slice(0, 200));
    }
  };
  const want = (n) => only.length === 0 || only.includes(n);
  await p.getByRole('list', { name: 'Projects' }).waitFor();
  if (want('projects')) await shot('projects');
  const href = await p.locator('ul[aria-label=Projects] a').nth(1).getAttribute('href');
  await p.goto(base + href);
  await p.getByRole('region', { name: 'Board' }).waitFor();
  if (want('board')) await shot('board');
  for (const tab of ['list', 'budget', 'people', 'activity']) {
    if (!want(tab)) continue;
    await p.goto(`${base}${href}?tab=${tab}`);
    await p.getByRole('tab', { selected: true }).waitFor();
    await p.waitForTimeout(800);
    await shot(tab);
  }
  if (want('drawer')) {
    await p.goto(`${base}${href}`);
    await p.getByRole('region', { name: 'Board' }).waitFor();
    await p.locator('[aria-roledescription=task]').first().click();
    await p.getByRole('dialog').getByText('Effort').waitFor();
    await shot('drawer');
    await p.getByRole('button', { name: 'Client sees this' }).first().click();
    await p.getByRole('button', { name: 'Client sees this' }).first().scrollIntoViewIfNeeded();
    await shot('drawer2');
  }
  if (want('columns')) {
    await p.goto(`${base}${href}`);
    await p.getByRole('button', { name: 'More about this project' }).click();
    await p.getByRole('menuitem', { name: 'Edit columns' }).click();
    await p.getByRole('dialog').waitFor();
    await shot('columns');
  }
  if (want('create')) {
    await p.goto(`${base}/projects?new=1`);
    await p.getByRole('radio', { name: /Website/ }).click();
    await shot('create');
  }
  if (want('my')) {
    await p.goto(`${base}/tasks`);
    await p.getByRole('heading', { name: 'My tasks' }).waitFor();
    await shot('my');
  }
  await c.close();
}
await b.close();
