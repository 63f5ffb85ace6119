// Writes the generated blocks of the documents, from the declarations in src and the last benchmark. With --check it
// writes nothing, and fails with the names of stale files.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { renderTable } from '../test/bench/result.mjs';
import { load } from './load.mjs';

const top = fileURLToPath(new URL('..', import.meta.url));
const { generate } = await load('.dev/docs/main.ts');

const read = (path) => readFileSync(join(top, path), 'utf8');

const results = JSON.parse(read('test/bench/results.json'));
const tables = renderTable(Object.values(results.parts).flatMap((part) => part.tables));
const documents = await generate(read, { results, tables });
const stale = documents.filter(([path, content]) => read(path) !== content);
for (const [path, content] of stale) {
  if (process.argv.includes('--check')) {
    console.error(`${path} is stale: npm run docs`);
    process.exitCode = 1;
    continue;
  }
  writeFileSync(join(top, path), content);
  console.log(`wrote ${path}`);
}
