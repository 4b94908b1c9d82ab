import { chromium } from 'playwright-core';
import { readFileSync } from 'node:fs';
const base = `http://fernwood.bureau.localhost:8160`;
const b = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
const c = await b.newContext({ viewport: { width: 1440, height: 900 }, storageState: JSON.parse(readFileSync('/tmp/run/projects-state.json')) });
const p = await c.newPage();
p.setDefaultTimeout(15000);
p.on('pageerror', (e) => console.log('pageerror', e.message));
await p.goto(base + '/projects');
const href = await p.locator('ul[aria-label=Projects] a').nth(1).getAttribute('href');
await p.goto(base + href);
await p.getByRole('region', { name: 'Board' }).waitFor();
const cols = async () => p.evaluate(() => [...document.querySelectorAll('[role=region] section')].map((s) => s.getAttribute('aria-label') + ': ' + [...s.querySelectorAll('[aria-roledescription]')].map((x) => x.getAttribute('aria-label').slice(5)).join(', ')));
console.log(await cols());
// keyboard
const card = p.locator('[aria-roledescription=task]').first();
await card.focus();
await p.keyboard.press('Space'); await p.waitForTimeout(300);
console.log('live:', await p.locator('[aria-live]').allTextContents());
await p.keyboard.press('ArrowRight'); await p.waitForTimeout(400);
console.log('live:', await p.locator('[aria-live]').allTextContents());
await p.keyboard.press('Space'); await p.waitForTimeout(1200);
console.log('live:', await p.locator('[aria-live]').allTextContents());
console.log('after keyboard', await cols());
// mouse
const from = await p.locator('[aria-roledescription=task]').first().boundingBox();
const to = await p.locator('[role=region] section').nth(2).boundingBox();
await p.mouse.move(from.x + 40, from.y + 15); await p.mouse.down(); await p.mouse.move(from.x + 60, from.y + 30, { steps: 4 }); await p.mouse.move(to.x + 100, to.y + 70, { steps: 15 }); await p.waitForTimeout(300); await p.mouse.up();
await p.waitForTimeout(1200);
console.log('after mouse', await cols(), p.url());
// menu
await p.getByRole('button', { name: /^Move / }).first().click();
await p.getByRole('menuitem', { name: 'Down' }).click();
await p.waitForTimeout(1000);
console.log('after menu down', await cols());
await p.reload(); await p.getByRole('region', { name: 'Board' }).waitFor(); await p.waitForTimeout(800);
console.log('after reload', await cols());
await b.close();
