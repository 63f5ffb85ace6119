import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Installs one version of a package outside the project's own packages, once, and returns its directory.
 *
 * Each version has its own folder in `.cache/claude/`, or in CLAUDE_SESSION_TEST_CACHE.
 */
export function installApart(folder, name, version) {
  const cache = resolve(
    process.env.CLAUDE_SESSION_TEST_CACHE ?? fileURLToPath(new URL('../../.cache/claude', import.meta.url)),
  );
  const home = join(cache, folder);
  const installed = join(home, 'node_modules', name);
  if (!existsSync(installed)) download(home, `${name}@${version}`);
  return installed;
}

/** Installs into a temporary folder and renames it, so that an interrupted download does not count as installed. */
function download(home, wanted) {
  const scratch = `${home}.${process.pid}`;
  mkdirSync(scratch, { recursive: true });
  process.stderr.write(`Installing ${wanted} into ${home}\n`);
  try {
    const options = ['--prefix', scratch, '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
    execFileSync('npm', ['install', ...options, wanted], {
      cwd: scratch,
      stdio: ['ignore', 2, 2],
      shell: process.platform === 'win32',
    });
    rmSync(home, { recursive: true, force: true });
    renameSync(scratch, home);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
