import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';

const TOP = fileURLToPath(new URL('../..', import.meta.url));

/** The mock agent as a program of its own: bundled like the product, started with claude's arguments. */
const MAIN = `
import { runMockAgent } from './src/mock/agent.ts';
const { stdin, stdout, stderr, env } = process;
const onSignal = (handler) => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, handler);
  return () => process.removeAllListeners();
};
void runMockAgent(process.argv.slice(2), { stdin, stdout, stderr, env, cwd: process.cwd(), onSignal }).then((status) => {
  process.exitCode = status;
});
`;

let bundle: string | undefined;

/** The command that starts the mock agent, built once a test file. */
export function mockAgentProgram(): [node: string, bundle: string] {
  bundle ??= buildBundle();
  return [process.execPath, bundle];
}

function buildBundle(): string {
  const outfile = path.join(mkdtempSync(path.join(tmpdir(), 'mock-agent-')), 'mock-agent.cjs');
  buildSync({
    stdin: { contents: MAIN, resolveDir: TOP, loader: 'ts' },
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20.19',
    format: 'cjs',
    define: { 'import.meta.url': '__importMetaUrl' },
    banner: { js: 'const __importMetaUrl = require("node:url").pathToFileURL(__filename).href;' },
  });
  return outfile;
}
