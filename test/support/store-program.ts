import { type ChildProcess, spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, onTestFinished } from 'vitest';

const require = createRequire(import.meta.url);
const built = new Map<string, Promise<string>>();
const programs = join(tmpdir(), `session-programs-${process.pid}-${Date.now()}`);
afterAll(() => rmSync(programs, { recursive: true, force: true }));

/** Makes a directory that is removed after the test. */
export function makeDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'session-store-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** Bundles `store-<name>.ts` of this directory as the product is bundled, so that a plain Node can run it. */
export function buildProgram(name: string): Promise<string> {
  let program = built.get(name);
  if (program === undefined) built.set(name, (program = bundle(name)));
  return program;
}

async function bundle(name: string): Promise<string> {
  mkdirSync(programs, { recursive: true, mode: 0o755 });
  copyFileSync(require.resolve('sql.js/dist/sql-wasm.wasm'), join(programs, 'sql-wasm.wasm'));
  const outfile = join(programs, `${name}.cjs`);
  await build({
    entryPoints: [fileURLToPath(new URL(`store-${name}.ts`, import.meta.url))],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20.19',
    format: 'cjs',
    logLevel: 'error',
    define: { 'import.meta.url': '__importMetaUrl' },
    banner: { js: 'const __importMetaUrl = require("node:url").pathToFileURL(__filename).href;' },
  });
  return outfile;
}

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

export interface Running {
  child: ChildProcess;
  /** Resolves when its output has a line that begins with `start`. */
  says(start: string): Promise<void>;
  ended: Promise<Ended>;
}

/** Starts a program, which is ended after the test. */
export function start(
  command: string,
  argv: readonly (string | number)[],
  env: Record<string, string> = {},
): Running {
  const child = spawn(command, argv.map(String), {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  const says = (line: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (stdout.startsWith(line) || stdout.includes(`\n${line}`)) resolve();
      };
      child.stdout.on('data', look);
      void ended.then((end) =>
        reject(new Error(`It ended without saying "${line}": ${JSON.stringify(end)}`)),
      );
      look();
    });
  return { child, says, ended };
}

/** Starts one of our programs with this Node. */
export async function startProgram(
  name: string,
  argv: readonly (string | number)[],
  env: Record<string, string> = {},
): Promise<Running> {
  return start(process.execPath, [await buildProgram(name), ...argv], env);
}
