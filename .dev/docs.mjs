// Writes what can be read off the declarations in src: the blocks of README.md between markers.
// With --check it writes nothing, and fails naming each file that is stale.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
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

const read = (path) => {
  try {
    return readFileSync(join(top, path), 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return '';
    throw error;
  }
};

/** The tables of the last bench that was committed. */
function fillBench(readme) {
  const { machine, node, parts } = JSON.parse(read('test/bench/results.json'));
  const tables = renderTable(Object.values(parts).flatMap((part) => part.tables));
  const block = `Node ${node.slice(1)}, ${machine}.\n\n${tables}`;
  return readme.replace(
    /(<!-- bench -->\n).*?(<!-- end -->)/s,
    (_, start, end) => `${start}\n${block}\n\n${end}`,
  );
}

const readme = existsSync(join(top, 'test/bench/results.json'))
  ? fillBench(read('README.md'))
  : read('README.md');
const stale = [...(await main.exports.generate(readme))].filter(([path, content]) => read(path) !== content);
for (const [path, content] of stale) {
  if (process.argv.includes('--check')) {
    console.error(`${path} is stale: npm run docs`);
    process.exitCode = 1;
    continue;
  }
  mkdirSync(dirname(join(top, path)), { recursive: true });
  writeFileSync(join(top, path), content);
  console.log(`wrote ${path}`);
}
