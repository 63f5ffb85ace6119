import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const top = fileURLToPath(new URL('..', import.meta.url));

/** The exports of a TypeScript file of this repository, which may import all of `src`. */
export async function load(file) {
  const bundle = await build({
    absWorkingDir: top,
    entryPoints: [file],
    bundle: true,
    write: false,
    platform: 'node',
    target: 'node20.19',
    format: 'cjs',
    define: { 'import.meta.url': JSON.stringify(import.meta.url) },
  });
  const loaded = { exports: {} };
  new Function('module', 'exports', 'require', bundle.outputFiles[0].text)(
    loaded,
    loaded.exports,
    createRequire(import.meta.url),
  );
  return loaded.exports;
}
