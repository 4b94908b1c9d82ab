// The arrows between our folders: main > app > features > shared. A feature
// never imports another feature, shared imports nothing above itself.
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const src = path.join(path.dirname(fileURLToPath(import.meta.url)), '../src');
const files = readdirSync(src, { recursive: true }).map(String).filter((f) => /\.tsx?$/.test(f));
const layerOf = (f) => {
  const [top, name] = f.split(path.sep);
  return { top, feature: top === 'features' ? name : '' };
};

const wrong = [];
for (const file of files) {
  const from = layerOf(file);
  if (from.top === 'test' || /\.test\.tsx?$/.test(file)) from.test = true;
  const text = readFileSync(path.join(src, file), 'utf8');
  for (const [, spec] of text.matchAll(/(?:from|import|import\()\s*['"](\.[^'"]+)['"]/g)) {
    const target = path.relative(src, path.resolve(src, path.dirname(file), spec));
    const to = layerOf(target);
    const bad =
      (from.top === 'shared' && to.top !== 'shared' && !(from.test && to.top === 'test')) ||
      (from.top === 'features' && to.top === 'features' && to.feature !== from.feature) ||
      (from.top === 'features' && to.top === 'app' && !from.test) ||
      (to.top === 'test' && !from.test);
    if (bad) wrong.push(`src/${file} must not import ${target}`);
  }
}
if (wrong.length > 0) {
  console.error(wrong.join('\n'));
  process.exit(1);
}
console.log(`imports of ${files.length} files follow the arrows`);
