/** Runs the shell examples of README.md, with the mock agent. One after `<!-- not run: WHY -->` is left out. */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { isInstalled } from '../support/installed.ts';
import { killAll } from '../support/processes.ts';
import { PROGRAM } from '../support/run.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const TOP = fileURLToPath(new URL('../..', import.meta.url));
const EXAMPLE = /(<!-- not run: [^>]* -->\n\n)?^```sh\n(.*?)^```$/gms;

const sections = readFileSync(path.join(TOP, 'README.md'), 'utf8')
  .split(/^(?=## )/m)
  .map((section) => ({
    title: /^#+ (.*)/.exec(section)![1]!,
    examples: [...section.matchAll(EXAMPLE)]
      .filter(([, skip]) => skip === undefined)
      .map((match) => match[2]!),
  }))
  .filter(({ examples }) => examples.length > 0);

describe.runIf(['jq', 'git', 'sqlite3'].every(isInstalled))('the examples of the guide', () => {
  it.each(sections)('work: $title', { timeout: 120_000 }, ({ examples }) => {
    const { root, env } = makeProject();
    const script = `set -eo pipefail\nid=$(session new --name nightly --study bracket)\n${examples.join('\n')}`;
    const { status, stderr, stdout } = spawnSync('bash', ['-c', script], {
      cwd: root,
      env,
      encoding: 'utf8',
    });
    expect({ status, stderr, stdout }).toMatchObject({ status: 0 });
  });
});

/** A checkout with studies and two commits, and the files that the examples name; a home without sessions. */
function makeProject(): { root: string; env: Record<string, string> } {
  const home = temporaryDirectory();
  const root = path.join(home, 'brackets');
  const programs = path.join(home, 'bin');
  for (const directory of [root, programs]) mkdirSync(directory);
  symlinkSync(PROGRAM, path.join(programs, 'session'));
  const env = {
    PATH: [programs, path.dirname(process.execPath), process.env['PATH']].join(path.delimiter),
    HOME: home,
    CLAUDE_SESSION_HOME: path.join(home, 'sessions'),
    CLAUDE_SESSION_AGENT: 'mock',
  };
  onTestFinished(() => killAll(env.CLAUDE_SESSION_HOME));
  cpSync(path.join(TOP, 'test/fixtures/studies/studies'), path.join(root, 'studies'), { recursive: true });
  writeFileSync(path.join(root, 'notes.md'), 'Ribs help.\n');
  writeFileSync(path.join(root, 'servers.json'), '{"mcpServers":{}}\n');
  const git = (...words: string[]): Buffer => execFileSync('git', words, { cwd: root, env, stdio: 'pipe' });
  git('init', '--quiet');
  for (const name of ['notes.md', 'servers.json']) {
    git('add', name);
    git('-c', 'user.name=a', '-c', 'user.email=a@example.com', 'commit', '--quiet', '--message', name);
  }
  return { root, env };
}
