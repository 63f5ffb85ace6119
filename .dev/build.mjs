// Bundles src/main.ts into dist/: one file with all of our own code, and one for each large library, so that a command
// reads only what it uses. CommonJS, because Node starts it faster and can keep its compiled code (src/launcher.ts).
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { buildDeclarations } from './declarations.mjs';
import { load } from './load.mjs';

const top = fileURLToPath(new URL('..', import.meta.url));
const require = createRequire(import.meta.url);
const { version } = JSON.parse(readFileSync(`${top}package.json`, 'utf8'));

/** The large libraries, by their file. Libraries in one file share code. */
const LIBRARIES = {
  'lib-ajv': ['ajv', 'ajv/dist/2020.js', 'ajv-formats/dist/formats.js'],
  'lib-conf': ['conf'],
  'lib-execa': ['execa'],
  'lib-marked': ['marked'],
  'lib-mcp-client': ['@modelcontextprotocol/client', '@modelcontextprotocol/client/stdio'],
  'lib-ora': ['ora'],
  'lib-postgres': ['pg'],
  'lib-sql': ['sql.js'],
  'lib-string-width': ['string-width'],
  'lib-valibot': ['valibot'],
  'lib-valibot-json': ['@valibot/to-json-schema'],
  'lib-yargs': ['yargs'],
};

/** Large parts of libraries that are rarely used: the importer, and the replacement. */
const STAND_INS = {
  'string-width': [/./, 'string-width.cjs'],
  'escalade/sync': [/\/yargs\//, 'escalade.cjs'],
  assert: [/\/yargs\//, 'assert.cjs'],
  './stream': [/\/pg\//, 'pg-stream.cjs'],
  '../utils/standard-stream.js': [/\/execa\//, 'standard-stream.cjs'],
};

/** Keeps the libraries in separate files. */
const apart = {
  name: 'libraries-apart',
  setup(bundling) {
    // An error class must come from only one file.
    bundling.onResolve({ filter: /^\.\/index\.ts$/ }, ({ importer }) =>
      importer.endsWith('testing.ts') ? { path: './index.cjs', external: true } : undefined,
    );
    bundling.onResolve({ filter: /^[@a-z]|standard-stream|^\.\/stream$/ }, ({ path, importer }) => {
      if (path in LIBRARIES) return { path: `./${path}.cjs`, external: true };
      const [users, standIn] = STAND_INS[path] ?? [];
      if (users?.test(importer) && importer !== 'lib-string-width')
        return { path: `${top}.dev/lean/${standIn}` };
      const [file] = Object.entries(LIBRARIES).find(([, names]) => names.includes(path)) ?? [];
      return file !== undefined && importer !== file ? { path: `./${file}.cjs`, external: true } : undefined;
    });
    // The file of a library is a module that only re-exports it.
    bundling.onResolve({ filter: /^lib:/ }, ({ path }) => ({ path: path.slice(4), namespace: 'lib' }));
    bundling.onLoad({ filter: /.*/, namespace: 'lib' }, ({ path }) => ({
      contents:
        path === 'lib-sql'
          ? `module.exports = require('sql.js')`
          : LIBRARIES[path].map((name) => `export * from '${name}'; ${handsOnDefault(name)}`).join('\n'),
      resolveDir: top,
    }));
  },
};
const handsOnDefault = (name) =>
  /^[a-z-]+$/.test(name) && !['execa', 'marked', 'valibot'].includes(name)
    ? `export { default } from '${name}';`
    : '';

/** The directories of the bundled packages. */
const bundled = new Set();

async function bundle(entryPoints, define = {}) {
  const { metafile } = await build({
    metafile: true,
    absWorkingDir: top,
    entryPoints,
    outdir: 'dist.new',
    bundle: true,
    plugins: [apart],
    platform: 'node',
    target: 'node20.19',
    format: 'cjs',
    outExtension: { '.js': '.cjs' },
    supported: { 'dynamic-import': false },
    minify: true,
    legalComments: 'none',
    define: { SESSION_VERSION: JSON.stringify(version), 'import.meta.url': '__url', ...define },
    banner: { js: 'const __url=require("node:url").pathToFileURL(__filename).href;' },
  });
  for (const input of Object.keys(metafile.inputs)) {
    const [, directory] = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input) ?? [];
    if (directory !== undefined) bundled.add(directory);
  }
}

/** The licences of bundled packages, which must be included with their code. */
function licences() {
  return [...bundled].toSorted().map((directory) => {
    const {
      name,
      version: of,
      license,
    } = JSON.parse(readFileSync(`${top}${directory}/package.json`, 'utf8'));
    const file = readdirSync(`${top}${directory}`).find((each) => /^licen[cs]e/i.test(each));
    const text = file === undefined ? '' : readFileSync(`${top}${directory}/${file}`, 'utf8').trim();
    return `${name} ${of} (${license})\n\n${text}\n`;
  });
}

/** The exports for programs, by file: a CommonJS file, and a module that re-exports it, so that each exists once. */
const EXPORTED = { index: ['openSessions', 'SessionError'], testing: ['openTestSessions', 'mockAgent'] };
const asModule = (entry, values) =>
  `import all from './${entry}.cjs';\nexport const { ${values.join(', ')} } = all;\n`;

// Replaced by one rename, so that a program that starts meanwhile never sees a part of it.
const fresh = `${top}dist.new`;
rmSync(fresh, { recursive: true, force: true });
mkdirSync(fresh);
await bundle({ session: 'src/main.ts' });
for (const [entry, values] of Object.entries(EXPORTED)) {
  await bundle({ [entry]: `src/${entry}.ts` });
  writeFileSync(`${fresh}/${entry}.mjs`, asModule(entry, values));
  writeFileSync(`${fresh}/${entry}.d.cts`, await buildDeclarations(top, entry));
  writeFileSync(`${fresh}/${entry}.d.mts`, `export * from './${entry}.cjs';\n`);
}
await bundle(Object.fromEntries(Object.keys(LIBRARIES).map((file) => [file, `lib:${file}`])));
const code = createHash('sha256');
for (const file of readdirSync(fresh).toSorted()) code.update(readFileSync(`${fresh}/${file}`));
await bundle(
  { launcher: 'src/launcher.ts' },
  { SESSION_BUILD: JSON.stringify(code.digest('hex').slice(0, 12)) },
);
// Without a terminal, the launcher prints this file and loads nothing.
writeFileSync(`${fresh}/help.txt`, execFileSync(process.execPath, [`${fresh}/session.cjs`, '--help']));
const { renderMan } = await load('.dev/docs/man.ts');
writeFileSync(`${fresh}/session.1`, await renderMan(version));
copyFileSync(require.resolve('sql.js/dist/sql-wasm.wasm'), `${fresh}/sql-wasm.wasm`);
writeFileSync(`${fresh}/THIRD-PARTY-LICENSES.txt`, licences().join(`\n${'-'.repeat(80)}\n\n`));
rmSync(`${top}dist`, { recursive: true, force: true });
renameSync(fresh, `${top}dist`);
