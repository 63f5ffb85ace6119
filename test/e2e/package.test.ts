import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it, vi } from 'vitest';

// npm takes seconds to start.
vi.setConfig({ testTimeout: 180_000 });

const TOP = fileURLToPath(new URL('../..', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'session-package-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const ENVIRONMENT = {
  PATH: process.env['PATH'],
  HOME: scratch,
  CLAUDE_SESSION_HOME: join(scratch, 'home'),
  npm_config_update_notifier: 'false',
};

const run = (cwd: string, program: string, ...args: string[]): string =>
  execFileSync(program, args, {
    cwd,
    env: ENVIRONMENT,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });

/** Built already; npm would build it again. */
const [packed] = JSON.parse(
  run(TOP, 'npm', 'pack', '--json', '--ignore-scripts', '--pack-destination', scratch),
);
const tarball = join(scratch, packed.filename);

it('holds what the program needs, and nothing else', () => {
  const files = packed.files.map(({ path }: { path: string }) => path);
  const tops = new Set(files.map((path: string) => path.split('/')[0]));
  expect([...tops].toSorted()).toEqual([
    '.github',
    'LICENSE',
    'README.md',
    'bin',
    'completions',
    'dist',
    'package.json',
    'src',
    'test',
  ]);
  const linked = readFileSync(join(TOP, 'README.md'), 'utf8').matchAll(/\]\(([^)#:]+)/g);
  for (const [, link] of linked)
    expect(
      files.some((file: string) => file === link || file.startsWith(`${link}/`)),
      link,
    ).toBe(true);
  expect(files).toEqual(expect.arrayContaining(['dist/session.1', 'dist/THIRD-PARTY-LICENSES.txt']));
});

it('is a program of its own once installed from its tarball', () => {
  run(scratch, 'npm', 'install', '--global', '--offline', '--no-audit', '--prefix', scratch, tarball);
  const session = (...args: string[]): string => run(scratch, join(scratch, 'bin/session'), ...args);

  expect(session('--version')).toMatch(/^\d+\.\d+\.\d+\n$/);
  expect(run(scratch, join(scratch, 'bin/claude-session'), '--version')).toBe(session('--version'));
  const id = session('new', '--agent', 'mock').trim();
  expect(session('send', id, 'say installed')).toBe('installed\n');
  expect(session('send', id, 'call session list_studies')).toContain('no studies');
  expect(session('history', id)).toContain('installed');
  expect(session('completion', 'bash')).toContain('complete');
  expect(readFileSync(join(scratch, 'share/man/man1/session.1'), 'utf8')).toMatch(/^\.TH SESSION 1/);
});

it('runs with npx in a project that depends on it, by its own name and that of the package', () => {
  const project = join(scratch, 'project');
  mkdirSync(project);
  writeFileSync(join(project, 'package.json'), '{}');
  run(project, 'npm', 'install', '--offline', '--no-audit', tarball);

  const npx = (...args: string[]): string => run(project, 'npx', '--offline', ...args);
  expect(npx('claude-session', '--version')).toBe(`${packed.version}\n`);
  const id = npx('session', 'new', '--agent', 'mock').trim();
  expect(npx('claude-session', 'send', id, 'say by npx')).toBe('by npx\n');
});
