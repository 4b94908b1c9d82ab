// Starts the built program on a throw-away folder, drives it with a browser
// and looks at every page it comes to with the same strict eyes.
import { execFile, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { chromium } from 'playwright-core';

// The axe of its package for Playwright, which itself would send it to the page anew for each look; the short form, as each page reads it.
const axe = readFileSync(createRequire(createRequire(import.meta.url).resolve('@axe-core/playwright')).resolve('axe-core/axe.min.js'), 'utf8');
const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '../..');
const patience = 30_000;
const late = 3000;

export const widths = { desk: { viewport: { width: 1440, height: 900 } }, phone: { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 } };

function findBrowser() {
  const known = [process.env.BUREAU_BROWSER, process.env.CHROME, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
  const found = known.find((p) => p && existsSync(p));
  if (!found) throw new Error('no browser found: set BUREAU_BROWSER to a Chromium');
  return found;
}

const freePort = () =>
  new Promise((resolve, reject) => {
    const s = createServer();
    s.on('error', reject);
    s.listen(0, '127.0.0.1', () => {
      const { port } = s.address();
      s.close(() => resolve(port));
    });
  });

/** The command line, as an administrator of the server uses it. */
const commandLine = (data) => (...args) => promisify(execFile)(path.join(root, 'bin/bureau'), [...args, '--data', data]);

/** bureau dev on a free port; BUREAU_E2E_PORT and BUREAU_E2E_DATA use one that runs already. */
export async function startServer(extra = []) {
  if (process.env.BUREAU_E2E_PORT) return { port: Number(process.env.BUREAU_E2E_PORT), bureau: commandLine(process.env.BUREAU_E2E_DATA), stop: async () => {} };
  const data = mkdtempSync(path.join(os.tmpdir(), 'bureau-e2e-'));
  const port = await freePort();
  const child = spawn(path.join(root, 'bin/bureau'), ['dev', '--data', data, '--port', String(port), '--no-browser', '--light-hashing', ...extra], { stdio: ['ignore', 'pipe', 'pipe'] });
  let log = '';
  await new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`the server is not ready after 10 minutes:\n${log}`)), 600_000);
    const read = (b) => {
      log = (log + b).slice(-20_000);
      if (/^ready /m.test(log)) {
        clearTimeout(late);
        resolve();
      }
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.on('exit', (code) => reject(new Error(`the server ended with ${code}:\n${log}`)));
  });
  return {
    port,
    bureau: commandLine(data),
    log: () => log,
    stop: () =>
      new Promise((resolve) => {
        child.removeAllListeners('exit');
        child.on('exit', () => {
          rmSync(data, { recursive: true, force: true });
          resolve();
        });
        child.kill('SIGINT');
      }),
  };
}

export const openBrowser = () => chromium.launch({ executablePath: findBrowser(), args: ['--no-sandbox', '--disable-dev-shm-usage'] });

// How far a page may jump while it loads, as the browser counts it.
const mostShift = 0.02;

/** Runs in every page before it: adds up what jumps, and keeps what it was and from where to where. */
function countShifts() {
  globalThis.__shifts = [];
  const box = (r) => [r.x, r.y, r.width, r.height].map(Math.round).join(' ');
  const name = (n) => (n?.nodeType === 1 ? n : n?.parentElement);
  new PerformanceObserver((list) => {
    for (const e of list.getEntries()) {
      if (e.hadRecentInput) continue;
      const what = e.sources.map((s) => {
        const n = name(s.node);
        return `<${n?.localName ?? 'gone'} ${n?.getAttribute('aria-label') ?? n?.textContent?.slice(0, 30) ?? ''}> ${box(s.previousRect)} > ${box(s.currentRect)}`;
      });
      globalThis.__shifts.push({ value: e.value, what });
    }
  }).observe({ type: 'layout-shift', buffered: true });
}

/** What axe finds wrong in a page, which keeps axe until it is loaded anew. There are no frames. */
async function violations(page, runOnly) {
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axe);
  return page.evaluate((options) => globalThis.axe.run(document, options).then((result) => result.violations), { runOnly, resultTypes: ['violations'] });
}

/**
 * Runs in a page: waits until nothing moves or fades. What is in between two colours is nobody's to read, and one fade may
 * begin when another has ended. What never ends, such as the pulse of a running timer, is not waited for.
 */
async function still() {
  const frame = () => new Promise((r) => requestAnimationFrame(r));
  const until = performance.now() + 5000;
  for (;;) {
    await frame();
    await frame();
    const moving = document.getAnimations().filter((a) => a.playState !== 'finished' && a.effect?.getComputedTiming().endTime !== Infinity);
    const left = until - performance.now();
    if (moving.length === 0 || left <= 0) return;
    await Promise.race([Promise.allSettled(moving.map((a) => a.finished)), new Promise((r) => setTimeout(r, left))]);
  }
}

/** What went wrong, collected: one run reports everything it saw. */
export class Report {
  problems = [];
  pages = 0;
  steps = 0;
  fail(where, what) {
    this.problems.push(`${where}: ${what}`);
    console.log(`  !! ${where}: ${what}`);
  }
  step(text) {
    this.steps++;
    console.log(`-- ${text}`);
  }
}

/** A person with a browser of their own. */
export class Person {
  refusals = [];

  constructor(browser, report, { port, name, email, width = 'desk', slug }) {
    Object.assign(this, { browser, report, port, name, email, width, slug, password: `${name} likes 4 long passphrases` });
  }

  async open(width = this.width, state) {
    this.width = width;
    this.context = await this.browser.newContext({ ...widths[width], locale: 'en-GB', timezoneId: 'Europe/Berlin', storageState: state, reducedMotion: 'reduce', acceptDownloads: true });
    this.context.setDefaultTimeout(patience);
    await this.context.addInitScript(countShifts);
    const slow = Number(process.env.BUREAU_E2E_SLOW ?? 0);
    if (slow) await this.context.route(/\/api\/v1\//, async (route) => {
      await new Promise((r) => setTimeout(r, Math.random() * slow));
      await route.continue().catch(() => {}); // the page has gone on
    });
    this.page = await this.context.newPage();
    this.schemes = ['light', 'dark'];
    this.watch(this.page);
    return this.page;
  }

  /** The same person on a screen of another width. */
  async turnTo(width) {
    const state = await this.context.storageState();
    const at = this.page.url();
    await this.context.close();
    await this.open(width, state);
    await this.page.goto(at);
  }

  watch(page) {
    const { report } = this;
    const where = () => `${this.name} at ${path2(page.url())}`;
    page.on('console', (m) => {
      // A refused call is the network's line; the story expects some of them and says which.
      if (m.type() === 'error' && !this.refusals.some((r) => Date.now() < r.until && m.text().includes(`status of ${r.status}`))) report.fail(where(), `console: ${m.text().slice(0, 300)} ${path2(m.location().url ?? '')}`);
    });
    page.on('pageerror', (e) => report.fail(where(), `error: ${e.message.slice(0, 300)}`));
    page.on('request', (r) => {
      const u = new URL(r.url());
      if (!['data:', 'blob:'].includes(u.protocol) && !u.hostname.endsWith('bureau.localhost')) report.fail(where(), `asked another origin: ${r.url().slice(0, 200)}`);
    });
  }

  url(host, at = '/') {
    return `http://${host ? `${host}.` : ''}bureau.localhost:${this.port}${at}`;
  }

  /** Does something during which refused calls of these statuses are expected. */
  async refused(statuses, fn) {
    const these = [statuses].flat().map((status) => ({ status, until: Infinity }));
    this.refusals.push(...these);
    try {
      await fn();
    } finally {
      // The browser says in its own time what it thinks of a call, which may be after the page has shown it.
      for (const r of these) r.until = Date.now() + late;
    }
  }

  /** Waits until the page has what it needs. */
  async settle() {
    await this.page.waitForLoadState('load');
    await this.page.locator('h1').first().waitFor();
    await this.page.waitForFunction(() => !document.querySelector('[aria-busy=true]'));
    await this.page.evaluate(() => document.fonts.ready);
  }

  /** The strict look: axe in both schemes, no sideways scroll at three widths, nothing jumps. */
  async look(name, { opened = false } = {}) {
    const { page, report } = this;
    await this.settle();
    if (process.env.BUREAU_E2E_QUICK) return;
    report.pages++;
    const where = `${name} (${this.width})`;
    // Only of a page that was just opened; what a person's own doing moves on a page is theirs.
    if (opened) {
      let jumped = await this.jumps();
      if (jumped) {
        // The browser counts a jump too when it was kept from drawing for a while; who loads the page again sees which it is.
        console.log(`  .. ${where}: ${jumped}`);
        await page.reload();
        await this.settle();
        jumped = await this.jumps();
      }
      if (jumped) report.fail(where, jumped);
    }
    const [first] = this.schemes;
    for (const scheme of this.schemes) {
      if (scheme !== first) await page.emulateMedia({ colorScheme: scheme });
      await page.waitForFunction((s) => document.documentElement.dataset.scheme === s, scheme).catch(() => report.fail(where, `no ${scheme} scheme`));
      await page.evaluate(still);
      // The second scheme differs in colours and in nothing else.
      const runOnly = scheme === first ? { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] } : { type: 'rule', values: ['color-contrast', 'link-in-text-block'] };
      const judge = async () => {
        // A page that comes back where it was left has something half under its header; it may come back late.
        if (opened) await page.evaluate(() => globalThis.scrollTo(0, 0));
        return violations(page, runOnly);
      };
      let found = await judge();
      if (found.length > 0) {
        // Something may have come or gone while it looked, such as a message at the edge; what stays is wrong.
        await this.settle();
        found = await judge();
      }
      for (const v of found) report.fail(`${where}, ${scheme}`, `axe ${v.id} x${v.nodes.length}: ${v.nodes[0]?.html.slice(0, 200)} ${v.nodes[0]?.any[0]?.message ?? ''}`);
      await this.picture(`${name}-${this.width}-${scheme}`);
    }
    // The next look begins with the scheme that this one ends with: to change it draws a page anew.
    this.schemes.reverse();
    if (this.width === 'phone') {
      const size = page.viewportSize();
      for (const width of [size.width, 320, 768]) {
        if (width !== size.width) await page.setViewportSize({ width, height: size.height });
        const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        if (over > 0) report.fail(where, `scrolls ${over} px sideways at ${width}`);
      }
      await page.setViewportSize(size);
    } else {
      const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      if (over > 0) report.fail(where, `scrolls ${over} px sideways`);
    }
  }

  /** What has jumped since the page was opened, if it is too much. */
  async jumps() {
    const shifts = await this.page.evaluate(() => globalThis.__shifts);
    const shift = shifts.reduce((a, s) => a + s.value, 0);
    if (shift > mostShift) return [`layout shift ${shift.toFixed(3)}`, ...shifts.map((s) => `${s.value.toFixed(3)}: ${s.what.join('; ')}`)].join('\n      ');
  }

  async picture(name) {
    if (!process.env.BUREAU_E2E_SHOTS) return;
    mkdirSync(process.env.BUREAU_E2E_SHOTS, { recursive: true });
    await this.page.screenshot({ path: path.join(process.env.BUREAU_E2E_SHOTS, `${name}.png`) });
  }

  /** Opens a page by its address and looks at it. */
  async visit(host, at, name = at) {
    await this.page.goto(this.url(host, at));
    await this.look(name.replaceAll('/', '_'), { opened: true });
  }

  /** Calls the API as the open page does, with its session; of a version where it changes one. */
  async api(method, at, body, version) {
    const r = await this.page.evaluate(
      async ({ method, at, body, version }) => {
        const r = await fetch(at, { method, headers: { 'X-Bureau-CSRF': '1', 'Content-Type': 'application/json', ...(version !== undefined && { 'If-Match': `"${version}"` }) }, body: body ? JSON.stringify(body) : undefined });
        return { status: r.status, data: await r.json().catch(() => null) };
      },
      { method, at, body, version },
    );
    if (r.status >= 300) throw new Error(`${method} ${at}: ${r.status} ${JSON.stringify(r.data)}`);
    return r.data;
  }

  /** The newest mail to this person whose subject fits. */
  async mail(subject) {
    const until = Date.now() + patience;
    for (;;) {
      const r = await fetch(`http://127.0.0.1:${this.port}/dev/mail/api/messages?limit=100`, { headers: { Host: `bureau.localhost:${this.port}` } });
      const { items } = await r.json();
      const found = items.find((m) => m.to.some((a) => a.email === this.email) && subject.test(m.subject));
      if (found) {
        const full = await fetch(`http://127.0.0.1:${this.port}/dev/mail/api/messages/${found.id}`);
        return full.json();
      }
      if (Date.now() > until) throw new Error(`no mail ${subject} to ${this.email}; there is ${items.map((m) => `${m.subject} to ${m.to.map((a) => a.email)}`).join(', ')}`);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}

function path2(url) {
  try {
    const u = new URL(url);
    return u.hostname.split('.')[0] + u.pathname;
  } catch {
    return url;
  }
}
