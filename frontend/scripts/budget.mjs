// Fails when a route loads more than its budget. It follows Vite's manifest,
// so a new lazy page is measured without being named here.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

// KB gzip. A page that is a form shows its frame within the budget of any route and loads its fields as a part of its own.
const limits = { entry: 180, route: 245, portal: 230, auth: 220, lazyExtra: 130, css: 15 };
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
/** What comes with these chunks, less what is there already. */
function weigh(keys, there = new Set()) {
  const all = new Set(keys.flatMap((k) => [...closure(k)]));
  const fresh = [...all].filter((k) => !there.has(k));
  const js = new Set(fresh.map((k) => manifest[k].file).filter((f) => f.endsWith('.js')));
  const css = new Set(fresh.flatMap((k) => manifest[k].css ?? []));
  const sum = (files) => [...files].reduce((a, f) => a + gzip(f), 0);
  return { js: sum(js), css: sum(css), all };
}

const find = (re) => Object.keys(manifest).filter((k) => re.test(k));
const shell = find(/app\/shell\/AppShell\.tsx$/);
const portalShell = find(/features\/portal\/.*Shell\.tsx$/);
const opsShell = find(/features\/ops\/components\/OpsShell\.tsx$/);
if (shell.length !== 1 || portalShell.length !== 1 || opsShell.length !== 1) throw new Error('the shells are not where they were: nothing would be measured');
const rows = [];
const add = (name, keys, limit) => rows.push({ name, ...weigh(keys), limit });

add('entry', ['index.html'], limits.entry);
add('shell', ['index.html', ...shell], limits.route);
add('auth entry', ['auth.html'], limits.auth);
add('API page', ['docs.html'], limits.auth);
for (const page of find(/^src\/features\/[^/]+\/pages\/[^/]+\.tsx$/)) {
  const feature = page.split('/')[2];
  if (feature === 'ops') add(page, ['ops.html', ...opsShell, page], limits.route);
  else if (feature === 'auth') add(page, ['auth.html', page], limits.auth);
  else if (feature === 'portal') add(page, ['index.html', ...portalShell, page], limits.portal);
  else add(page, ['index.html', ...shell, page], limits.route);
}

// Whatever a page loads later by itself (a dialog, an editor, a chart) is weighed on its own, and so is what that loads in turn.
const pages = new Set(rows.map((r) => r.name));
const isPage = (k) => pages.has(k) || k.endsWith('.html') || shell.includes(k) || portalShell.includes(k) || opsShell.includes(k);
const extras = new Map();
function later(all) {
  for (const d of new Set([...all].flatMap((k) => manifest[k].dynamicImports ?? []))) {
    if (isPage(d) || all.has(d)) continue;
    const extra = weigh([d], all);
    // The page that has the least of it already pays the most: that one counts.
    const known = extras.get(d);
    if (!known || extra.js > known.js) {
      extras.set(d, { name: `+ ${manifest[d].src ?? manifest[d].name ?? d}`, ...extra, limit: limits.lazyExtra });
      later(new Set([...all, ...extra.all]));
    }
  }
}
for (const page of rows.slice()) later(page.all);
rows.push(...extras.values());

let failed = false;
for (const r of rows) {
  const over = r.js > r.limit || r.css > limits.css;
  failed ||= over;
  console.log(`${over ? 'OVER' : 'ok  '} ${r.js.toFixed(1).padStart(7)} of ${String(r.limit).padStart(3)} KB gzip  ${r.name}${r.css > limits.css ? `  css ${r.css.toFixed(1)} KB` : ''}`);
}
process.exit(failed ? 1 : 0);
