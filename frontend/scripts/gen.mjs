// Makes one typed client per OpenAPI tag: openapi.json -> src/shared/api/gen/<tag>.gen.ts
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { generateEndpoints } from '@rtk-query/codegen-openapi';

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..');
process.chdir(root);
const out = path.join(root, 'src/shared/api/gen');
const doc = JSON.parse(readFileSync('./openapi.json', 'utf8'));

const byTag = new Map();
for (const item of Object.values(doc.paths)) {
  for (const op of Object.values(item)) {
    const tag = op?.tags?.[0];
    if (!tag || !op.operationId) continue;
    // The generator drops ids that are no identifiers.
    op.operationId = camel(op.operationId);
    byTag.set(tag, [...(byTag.get(tag) ?? []), op.operationId]);
  }
}

const schemaFile = './node_modules/.cache/openapi.json';
mkdirSync(path.dirname(schemaFile), { recursive: true });
writeFileSync(schemaFile, JSON.stringify(doc));

mkdirSync(out, { recursive: true });
const written = new Set();
for (const [tag, ids] of [...byTag].sort()) {
  const file = `${tag}.gen.ts`;
  const code = await generateEndpoints({
    schemaFile,
    apiFile: './src/shared/api/baseApi.ts',
    apiImport: 'api',
    outputFile: `./src/shared/api/gen/${file}`,
    exportName: `${camel(tag)}Api`,
    filterEndpoints: ids.map((id) => new RegExp(`^${id}$`)),
    hooks: { queries: true, lazyQueries: true, mutations: true },
    tag: true,
    encodePathParams: true,
    useUnknown: true,
    mergeReadWriteOnly: true,
  });
  if (code) writeFileSync(path.join(out, file), code);
  written.add(file);
}
for (const f of readdirSync(out)) if (!written.has(f)) rmSync(path.join(out, f));
console.log(`${written.size} clients for ${[...byTag.values()].flat().length} operations`);

function camel(s) {
  return s.replace(/[-_ .]+(\w)/g, (_, c) => c.toUpperCase()).replace(/^\w/, (c) => c.toLowerCase());
}
