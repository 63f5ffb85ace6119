// Installs the pinned claude for `npm run test:claude`, outside the product's dependencies, once; prints the path of its binary.
// It goes to `.cache/claude/` of the repository, or to the folder that CLAUDE_SESSION_TEST_CACHE names.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** The newest that npm picks on Node 20, and the one every fact in the suite was measured with. */
export const CLAUDE_VERSION = '2.1.197';

const PACKAGE = '@anthropic-ai/claude-code';

/** The binary's path, installing it first when it is missing. Throws where there is none for this platform. */
export function installClaude() {
  const cache = resolve(
    process.env.CLAUDE_SESSION_TEST_CACHE ?? fileURLToPath(new URL('../../.cache/claude', import.meta.url)),
  );
  const home = join(cache, CLAUDE_VERSION);
  if (!existsSync(home)) download(cache, home);
  const binary = findBinary(home);
  if (binary === undefined) {
    rmSync(home, { recursive: true, force: true });
    throw new Error(`${PACKAGE}@${CLAUDE_VERSION} has no binary for ${process.platform}-${process.arch}.`);
  }
  return binary;
}

/** Installs beside and moves into place, so that an interrupted download is never taken for an installation. */
function download(cache, home) {
  const scratch = `${home}.${process.pid}`;
  mkdirSync(scratch, { recursive: true });
  process.stderr.write(`Installing ${PACKAGE}@${CLAUDE_VERSION} (235 MB) into ${home}\n`);
  try {
    const options = ['--prefix', scratch, '--ignore-scripts', '--no-audit', '--no-fund'];
    execFileSync('npm', ['install', ...options, `${PACKAGE}@${CLAUDE_VERSION}`], {
      cwd: cache,
      stdio: ['ignore', 2, 2],
      shell: process.platform === 'win32',
    });
    renameSync(scratch, home);
  } catch (error) {
    // Another process may have been quicker.
    if (!existsSync(home)) throw error;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** npm fetched the one platform package whose os, cpu and libc are this machine's; its postinstall would only copy the binary. */
function findBinary(home) {
  const scope = join(home, 'node_modules', '@anthropic-ai');
  const name = process.platform === 'win32' ? 'claude.exe' : 'claude';
  return readdirSync(scope)
    .filter((entry) => entry.startsWith('claude-code-'))
    .map((entry) => join(scope, entry, name))
    .find((path) => existsSync(path));
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  try {
    process.stdout.write(`${installClaude()}\n`);
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}
