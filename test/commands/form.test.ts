import { readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { OldSessions, HOUR } from '../support/old-sessions.ts';
import { makeWorkplace } from '../support/run-command.ts';
import type { Workplace } from '../support/run-command.ts';

let place: Workplace;
beforeEach(() => {
  place = makeWorkplace();
});

describe('the form of the output', () => {
  it.each([
    ['--json --ndjson', 'json and ndjson'],
    ['--json -o text', 'json and text'],
    ['-o json --ndjson', 'ndjson and json'],
  ])('can not be two: %s', async (flags, said) => {
    const { status, stderr } = await place.run(['list', ...flags.split(' ')]);
    expect([status, stderr]).toEqual([2, expect.stringContaining(`The output can't be both ${said}.`)]);
  });

  it.each(['--json -o json', '-o json', '--output=json'])('can be said as %s', async (flags) => {
    expect(await place.run(['list', ...flags.split(' ')])).toMatchObject({ status: 0, stdout: '[]\n' });
  });

  it.each([[['schema']], [['config', 'schema']], [['completion', 'zsh']]])(
    'is one document, or one line, also of %j',
    async (argv) => {
      const { stdout } = await place.run([...argv, '--json']);
      expect(JSON.parse(stdout)).toBeTypeOf('object');
      expect(stdout.split('\n')).toHaveLength(2);
      expect((await place.run([...argv, '--ndjson'])).stdout).toBe(stdout);
    },
  );
});

describe('export', () => {
  it('takes the form from -o, also for a file', async () => {
    await new OldSessions(place).add(HOUR, { name: 'nightly' });
    const exported = async (...flags: string[]): Promise<string> => {
      expect((await place.run(['export', '--all', '-f', 'out', ...flags, '-q'])).status).toBe(0);
      return readFileSync(path.join(place.root, 'out'), 'utf8');
    };
    const lines = (await exported()).trimEnd().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { type: string }).type)).toContain('session');
    expect((await exported('-o', 'ndjson')).trimEnd().split('\n')).toHaveLength(lines.length);
    expect(JSON.parse(await exported('-o', 'json'))).toHaveLength(lines.length);
  });

  it('says how to write a file where -o is a path', async () => {
    const { status, stderr } = await place.run(['export', '--all', '-o', 'backup.jsonl']);
    expect([status, stderr]).toEqual([
      2,
      'session: --output is the form of the output; to write a file, use --file backup.jsonl.\nSee "session export --help".\n',
    ]);
  });

  it.each(['markdown', 'html'])('is no JSON as %s', async (format) => {
    const { status, stdout } = await place.run(['export', '--all', '--format', format, '--json']);
    expect([status, JSON.parse(stdout)]).toMatchObject([2, { code: 'USAGE' }]);
  });
});

describe('--color', () => {
  const ESCAPE = '\u001B[';

  it.each([
    ['--color always', {}, true],
    ['--color=always', { NO_COLOR: '1', TERM: 'dumb', CI: '1' }, true],
    ['--color never', { FORCE_COLOR: '1' }, false],
    ['--color auto', { FORCE_COLOR: '1' }, true],
    ['--color auto', {}, false],
  ])('%s with %j: %s', async (flags, env, expected) => {
    const words = flags.split(' ');
    const checks = await place.run(['doctor', ...words], { env });
    expect(checks.stdout.includes(ESCAPE)).toBe(expected);
    const failure = await place.run(['show', 'nothere', ...words], { env });
    expect(failure.stderr.includes(ESCAPE)).toBe(expected);
  });

  it('has no other value, and is no word of a message', async () => {
    expect((await place.run(['list', '--color', 'red'])).stderr).toContain('"auto", "always" or "never"');
    const { stderr } = await place.run(['send', 'nothere', '--', '--color', 'always']);
    expect(stderr).not.toContain(ESCAPE);
  });
});
