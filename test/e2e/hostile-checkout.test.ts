import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { plantBaits } from '../support/hostile-checkout.ts';
import type { Checkout } from '../support/hostile-checkout.ts';
import { Place, parseLines } from '../support/run.ts';

/** A place whose root is a hostile checkout, with a claude that is not it further behind on PATH. */
function arrange(): { place: Place; checkout: Checkout; root: string } {
  const place = new Place();
  const root = path.join(place.root, 'project');
  const bin = path.join(place.root, 'bin');
  for (const directory of [root, bin]) mkdirSync(directory);
  writeFileSync(path.join(bin, 'claude'), '#!/bin/sh\necho "2.1.197 (Claude Code)"\n');
  chmodSync(path.join(bin, 'claude'), 0o755);
  place.env['PATH'] = `:.:${bin}:${place.env['PATH']}`;
  return { place, root, checkout: plantBaits(root, path.join(place.root, 'ran')) };
}

describe('of a checkout that is not trusted', () => {
  test('no program runs, whatever the command', async () => {
    const { place, root, checkout } = arrange();
    const id = (await place.run(['new', '--name', 'x'], { cwd: root })).stdout.trim();
    for (const argv of [
      ['send', id, 'say hello', '--ndjson'],
      ['send', '@new', 'say hello', '--warm'],
      ['send', id, 'say hello', '--dry-run'],
      ['show', id, '--context'],
      ['study', id],
      ['history', id],
      ['config', 'list'],
      ['fork', id],
      ['mode', id, 'power'],
      ['send', id, 'say hello'],
      ['doctor'],
      ['doctor', '--json'],
      ['stop', '--all'],
      ['gc'],
    ]) {
      const { code, stderr } = await place.run(argv, { cwd: root });
      expect({ argv, code, stderr }).toMatchObject({ code: argv[0] === 'doctor' ? expect.any(Number) : 0 });
      expect({ argv, ran: checkout.ran() }).toEqual({ argv, ran: [] });
    }
  });

  test('a turn takes no word: neither limits nor model nor prompt', async () => {
    const { place, root } = arrange();
    place.makeHome();
    const own = { timeout: '1s', systemPrompt: { text: 'OWN-PROMPT' } };
    writeFileSync(path.join(place.home, 'config.json'), JSON.stringify(own), { mode: 0o600 });
    const id = (await place.run(['new'], { cwd: root })).stdout.trim();
    const { stdout } = await place.run(['send', id, 'hello', '--dry-run', '--json'], { cwd: root });
    expect(stdout).not.toContain('bait-model');
    const { system_prompt: prompt } = JSON.parse(stdout) as { system_prompt: string };
    expect(prompt).toContain('## Instructions for this session\n\nOWN-PROMPT');
    expect(prompt).toMatch(/^```\nBAIT-PROMPT\n```$/m);
    const slow = await place.run(['send', id, 'sleep 1m'], { cwd: root });
    expect(slow.code).toBe(3);
  });

  test('doctor says that it is not trusted, and looks at no server of it', async () => {
    const { place, root } = arrange();
    const checks = parseLines((await place.run(['doctor', '--ndjson'], { cwd: root })).stdout);
    expect(checks.find(({ name }) => name === 'trust')).toMatchObject({
      status: 'warn',
      detail: expect.stringContaining('.mcp.json') as string,
      hint: `If you trust its files: session trust '${root}'`,
    });
    expect(checks.map(({ name }) => name as string).filter((name) => name.startsWith('mcp '))).toEqual([
      'mcp session',
    ]);
    expect(checks.find(({ name }) => name === 'agent')?.['detail']).toContain(`${place.root}/bin/claude`);
  });
});

test('of a trusted checkout, the servers run', async () => {
  const { place, root, checkout } = arrange();
  expect((await place.run(['trust'], { cwd: root })).code).toBe(0);
  await place.run(['send', '@new', 'say hello'], { cwd: root });
  expect(checkout.ran()).toEqual(['atomizer', 'mcp-json']);
});

test.each([
  [['--trust'], {}],
  [[], { trust: true }],
])(
  'in CI, the servers of a new checkout run with %j %j',
  async (flags, { trust = false }: { trust?: boolean }) => {
    const { place, root, checkout } = arrange();
    const env: Record<string, string> = trust ? { CLAUDE_SESSION_TRUST: `/nowhere:${root}` } : {};
    const { stdout } = await place.run(['new', ...flags], { cwd: root, env });
    expect((await place.run(['send', stdout.trim(), 'say hello'], { cwd: place.root, env })).code).toBe(0);
    expect(checkout.ran()).toEqual(['atomizer', 'mcp-json']);
  },
);

test.each(['.', '', './', 'bin:.', ':'])(
  'PATH=%j runs no claude of the root, for a trusted one neither',
  async (first) => {
    const { place, root, checkout } = arrange();
    place.env['PATH'] = `${first}:${path.dirname(process.execPath)}`;
    place.env['CLAUDE_SESSION_TRUST'] = root;
    const env = { CLAUDE_SESSION_AGENT: 'claude', CLAUDE_SESSION_MCP_BUILTIN: '0' };
    const { code, stderr } = await place.run(['send', '@new', 'hello', '-q'], { cwd: root, env });
    expect([code, stderr]).toEqual([8, expect.stringContaining('The agent program "claude" was not found.')]);
    expect(checkout.ran()).not.toContain('path-claude');
  },
);

test.each(['./claude', 'project/claude', '["./claude"]'])(
  'CLAUDE_SESSION_CLAUDE=%s is refused: it would be a file of the root',
  async (program) => {
    const { place, root, checkout } = arrange();
    const env = { CLAUDE_SESSION_AGENT: 'claude', CLAUDE_SESSION_CLAUDE: program };
    const { code, stderr } = await place.run(['send', '@new', 'hello'], { cwd: root, env });
    expect([code, stderr]).toEqual([2, expect.stringContaining('is not a name or an absolute path')]);
    expect(checkout.ran()).toEqual([]);
  },
);

test.each(['', '.', 'relative'])('HOME=%j makes no store in the checkout', async (HOME) => {
  const { place, root } = arrange();
  const { CLAUDE_SESSION_HOME: _own, ...others } = place.env;
  place.env = others;
  const { stdout } = await place.run(['config', 'path', '--json'], { cwd: root, env: { HOME } });
  expect(JSON.parse(stdout)).toMatchObject({ home: path.join(userInfo().homedir, '.config/claude-session') });
  expect(existsSync(path.join(root, '.config'))).toBe(false);
});

test.runIf(process.getuid?.() === 0)('a user whom the system does not know needs a HOME', async () => {
  const { place, root } = arrange();
  const { CLAUDE_SESSION_HOME: _own, ...others } = place.env;
  place.env = { ...others, HOME: '' };
  place.uid = 54_321;
  execFileSync('chown', ['-R', '54321:54321', place.root]);
  for (const argv of [['new'], ['list', '--json'], ['mcp']]) {
    const { code, stderr } = await place.run(argv, { cwd: root });
    expect([argv, code, stderr]).toEqual([argv, 2, expect.stringContaining('There is no home directory')]);
    expect(stderr).not.toContain('    at ');
  }
});

test('a home that others may change gets no cache of code, and none of it is used', async () => {
  const place = new Place().makeHome();
  chmodSync(place.home, 0o777);
  expect((await place.run(['list'])).code).toBe(2);
  expect((await place.run(['completion', 'bash'])).code).toBe(0);
  expect(existsSync(path.join(place.home, 'cache'))).toBe(false);
  chmodSync(place.home, 0o700);
  expect((await place.run(['list'])).code).toBe(0);
  expect(existsSync(path.join(place.home, 'cache'))).toBe(true);
});

test('eight settings set at once are all kept', async () => {
  const place = new Place();
  const settings = {
    timeout: '1m',
    wait: '2m',
    stallTimeout: '3m',
    idle: '4m',
    model: 'm',
    maxTurns: '5',
    'redact.enabled': 'true',
    'retention.maxAge': '6h',
  };
  const ended = await Promise.all(
    Object.entries(settings).map(([key, value]) => place.run(['config', 'set', key, value])),
  );
  expect(ended.map(({ code }) => code)).toEqual(Array.from({ length: 8 }, () => 0));
  expect(JSON.parse(readFileSync(path.join(place.home, 'config.json'), 'utf8'))).toEqual({
    timeout: '1m',
    wait: '2m',
    stallTimeout: '3m',
    idle: '4m',
    model: 'm',
    maxTurns: 5,
    redact: { enabled: true },
    retention: { maxAge: '6h' },
  });
});
