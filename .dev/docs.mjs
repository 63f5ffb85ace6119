// Writes what can be read off the declarations in src and the last bench: the blocks of the documents between markers.
// With --check it writes nothing, and fails naming each file that is stale.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { renderTable } from '../test/bench/result.mjs';

const top = fileURLToPath(new URL('..', import.meta.url));
const bundle = await build({
  absWorkingDir: top,
  entryPoints: ['.dev/docs/main.ts'],
  bundle: true,
  write: false,
  platform: 'node',
  target: 'node20.19',
  format: 'cjs',
  define: { 'import.meta.url': JSON.stringify(import.meta.url) },
});
const main = { exports: {} };
new Function('module', 'exports', 'require', bundle.outputFiles[0].text)(
  main,
  main.exports,
  createRequire(import.meta.url),
);

const read = (path) => readFileSync(join(top, path), 'utf8');

const results = JSON.parse(read('test/bench/results.json'));
const tables = renderTable(Object.values(results.parts).flatMap((part) => part.tables));
const documents = await main.exports.generate(read, { results, tables });
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
