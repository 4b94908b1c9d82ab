// Fails when a route loads more than its budget. It follows Vite's manifest,
// so a new lazy page is measured without being named here.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

// A page that is a form carries its fields; a list carries none and loads its dialogs when they open.
const limits = { entry: 180, route: 245, form: 335, portal: 230, auth: 220, lazyExtra: 130, css: 15 };
// Pages over their budget today, with what they may weigh meanwhile. The list may only shrink: a page that is
// lighter than its entry says so, and a page that is not named keeps to the budget.
const debts = {
  'entry': 182,
  'src/features/audit/pages/AuditPage.tsx': 256,
  'src/features/clients/pages/ClientPage.tsx': 303,
  'src/features/clients/pages/ClientsPage.tsx': 259,
  'src/features/clients/pages/ImportPage.tsx': 286,
  'src/features/invoices/pages/InvoicesPage.tsx': 346,
  'src/features/invoices/pages/SettingsPage.tsx': 335,
  'src/features/portal/pages/InvoicePage.tsx': 244,
  'src/features/portal/pages/InvoicesPage.tsx': 244,
  'src/features/portal/pages/OverviewPage.tsx': 244,
  'src/features/portal/pages/ProjectPage.tsx': 315,
  'src/features/projects/pages/ProjectPage.tsx': 259,
  'src/features/rates/pages/RatesPage.tsx': 266,
  'src/features/settings/pages/PeoplePage.tsx': 345,
  'src/features/time/pages/TimePage.tsx': 331,
};
const dist = path.join(path.dirname(fileURLToPath(import.meta.url)), '../dist');
const manifest = JSON.parse(readFileSync(path.join(dist, '.vite/manifest.json'), 'utf8'));

const sizes = new Map();
const gzip = (f) => {
  if (!sizes.has(f)) sizes.set(f, gzipSync(readFileSync(path.join(dist, f)), { level: 9 }).length / 1024);
  return sizes.get(f);
};
function closure(key, seen = new Set()) {
  if (seen.has(key)) return seen;
  seen.add(key);
  for (const i of manifest[key].imports ?? []) closure(i, seen);
  return seen;
}
function weigh(keys) {
  const all = new Set(keys.flatMap((k) => [...closure(k)]));
  const js = [...all].map((k) => manifest[k].file).filter((f) => f.endsWith('.js'));
  const css = [...new Set([...all].flatMap((k) => manifest[k].css ?? []))];
  return { js: js.reduce((a, f) => a + gzip(f), 0), css: css.reduce((a, f) => a + gzip(f), 0), all };
}

const keys = Object.keys(manifest);
const find = (re) => keys.filter((k) => re.test(k));
const shell = find(/app\/shell\/AppShell\.tsx$/);
const portalShell = find(/app\/portal\/PortalShell\.tsx$|features\/portal\/.*Shell\.tsx$/);
const isForm = (page) => {
  const text = readFileSync(path.join(dist, '..', page), 'utf8');
  return /shared\/ui\/fields|<Form\b/.test(text);
};
const rows = [];
const add = (name, ks, limit) => rows.push({ name, ...weigh(ks), limit });

add('entry', ['index.html'], limits.entry);
add('shell', ['index.html', ...shell], limits.route);
add('auth entry', ['auth.html'], limits.auth);
for (const page of find(/^src\/features\/[^/]+\/pages\/[^/]+\.tsx$/)) {
  const feature = page.split('/')[2];
  if (feature === 'auth') add(page, ['auth.html', page], limits.auth);
  else if (feature === 'portal') add(page, ['index.html', ...portalShell, page], limits.portal);
  else add(page, ['index.html', ...shell, page], isForm(page) ? limits.form : limits.route);
}

// Whatever a page loads later by itself (an editor, a chart) is weighed on its own.
for (const page of rows.slice()) {
  for (const k of page.all) {
    for (const d of manifest[k].dynamicImports ?? []) {
      if (/\/(pages|shell|portal)\/|routes|icons-material|\.html$/.test(d) || rows.some((r) => r.name === `+ ${d}`)) continue;
      const extra = [...closure(d)].filter((x) => !page.all.has(x)).map((x) => manifest[x].file).filter((f) => f.endsWith('.js'));
      rows.push({ name: `+ ${d}`, js: extra.reduce((a, f) => a + gzip(f), 0), css: 0, limit: limits.lazyExtra, all: new Set() });
    }
  }
}

let failed = false;
for (const r of rows) {
  const over = r.js > r.limit || r.css > limits.css;
  const owed = over && r.css <= limits.css && r.js <= (debts[r.name] ?? 0);
  failed ||= over && !owed;
  console.log(`${owed ? 'DEBT' : over ? 'OVER' : 'ok  '} ${r.js.toFixed(1).padStart(7)} of ${String(r.limit).padStart(3)} KB gzip  ${r.name}${r.css > limits.css ? `  css ${r.css.toFixed(1)} KB` : ''}`);
}
process.exit(failed ? 1 : 0);
