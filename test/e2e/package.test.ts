import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';

const TOP = fileURLToPath(new URL('../..', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'session-package-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

function npm(...args: string[]): string {
  return execFileSync('npm', args, { cwd: TOP, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
}

it('is a program of its own once installed from its tarball', () => {
  // Built already; npm would build it again.
  const [{ filename }] = JSON.parse(npm('pack', '--json', '--ignore-scripts', '--pack-destination', scratch));
  npm('install', '--global', '--offline', '--prefix', scratch, join(scratch, filename));
  const session = (...args: string[]): string =>
    execFileSync(join(scratch, 'bin/session'), args, {
      cwd: scratch,
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], CLAUDE_SESSION_HOME: join(scratch, 'home') },
    });

  expect(session('--version')).toMatch(/^\d+\.\d+\.\d+\n$/);
  const id = session('new', '--agent', 'mock').trim();
  expect(session('send', id, 'say installed')).toBe('installed\n');
  expect(session('send', id, 'call session list_studies')).toContain('no studies');
  expect(session('history', id)).toContain('installed');
  expect(session('completion', 'bash')).toContain('complete');
});
