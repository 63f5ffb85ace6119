// Fills a store for measurements: node test/bench/generate.mjs FILE [SESSIONS [MESSAGES_EACH [ROOTS]]]
import { copyFileSync, mkdtempSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const [file, sessions = 100_000, messagesEach = 10, roots = 50] = process.argv.slice(2);
const require = createRequire(import.meta.url);
const directory = mkdtempSync(join(tmpdir(), 'session-bench-'));
const outfile = join(directory, 'big-store.cjs');
copyFileSync(require.resolve('sql.js/dist/sql-wasm.wasm'), join(directory, 'sql-wasm.wasm'));
await build({
  entryPoints: [fileURLToPath(new URL('../support/big-store.ts', import.meta.url))],
  outfile,
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  format: 'cjs',
  define: { 'import.meta.url': '__importMetaUrl' },
  banner: { js: 'const __importMetaUrl = require("node:url").pathToFileURL(__filename).href;' },
});
const { fillStore } = require(outfile);
const since = performance.now();
await fillStore(file, {
  sessions: Number(sessions),
  messagesEach: Number(messagesEach),
  roots: Number(roots),
  characters: 300,
  spanMs: 60 * 24 * 3_600_000,
});
console.log(
  `${sessions} sessions of ${messagesEach} messages in ${Math.round(performance.now() - since)} ms`,
);
