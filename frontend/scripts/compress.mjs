// Writes .br and .gz beside what the server sends, so that it compresses nothing at run time.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const dist = path.join(path.dirname(fileURLToPath(import.meta.url)), '../dist');
writeFileSync(path.join(dist, 'placeholder.txt'), 'The build of the front end goes here; this file keeps the folder in the repository, so that the Go package that embeds it compiles.\n');
for (const f of readdirSync(path.join(dist, 'assets'))) {
  if (!/\.(js|css|svg|json)$/.test(f)) continue;
  const file = path.join(dist, 'assets', f);
  const raw = readFileSync(file);
  if (raw.length < 1024) continue;
  writeFileSync(`${file}.gz`, gzipSync(raw, { level: 9 }));
  writeFileSync(`${file}.br`, brotliCompressSync(raw, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }));
}
