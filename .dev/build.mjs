// Bundles src/main.ts into the one artefact the package ships, and lays the WASM engine beside it.
import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const top = fileURLToPath(new URL('..', import.meta.url));
const require = createRequire(import.meta.url);
const { version } = JSON.parse(readFileSync(`${top}package.json`, 'utf8'));

mkdirSync(`${top}dist`, { recursive: true });
copyFileSync(require.resolve('sql.js/dist/sql-wasm.wasm'), `${top}dist/sql-wasm.wasm`);
await build({
  absWorkingDir: top,
  entryPoints: { session: 'src/main.ts' },
  outdir: 'dist',
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  format: 'cjs',
  outExtension: { '.js': '.cjs' },
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  define: { 'process.env.SESSION_VERSION': JSON.stringify(version), 'import.meta.url': '__importMetaUrl' },
  banner: { js: 'const __importMetaUrl = require("node:url").pathToFileURL(__filename).href;' },
});
