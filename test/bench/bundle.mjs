import { copyFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { scratch } from './place.mjs';

const require = createRequire(import.meta.url);

/** Bundles a TypeScript file as the product is bundled, so that a plain Node can run it; gives the path of what came out. */
export async function bundle(source) {
  const outfile = join(scratch, source.replace(/^.*\//, '').replace(/\.ts$/, '.cjs'));
  copyFileSync(require.resolve('sql.js/dist/sql-wasm.wasm'), join(scratch, 'sql-wasm.wasm'));
  await build({
    entryPoints: [fileURLToPath(new URL(source, import.meta.url))],
    outfile,
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node20.19',
    format: 'cjs',
    logLevel: 'error',
    define: { 'import.meta.url': '__importMetaUrl' },
    banner: { js: 'const __importMetaUrl = require("node:url").pathToFileURL(__filename).href;' },
  });
  return outfile;
}
