import { execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import TESTED from '../../src/agents/claude/tested-versions.json' with { type: 'json' };
import { askAgent } from '../../src/agents/process/ask.ts';
import type { CheckRecord } from '../../src/model/records.ts';
import { openStore } from '../../src/store/sqlite/open.ts';
import { ownerOf } from '../../src/system/owner.ts';
import { makeWorkplace } from '../support/run-command.ts';
import type { Workplace } from '../support/run-command.ts';

const { floor: FLOOR, newest: NEWEST } = TESTED;
const ECHO = fileURLToPath(new URL('../support/mcp-echo.mjs', import.meta.url));
const LOGGED_IN =
  '{"loggedIn":true,"authMethod":"api_key","apiProvider":"firstParty","apiKeySource":"ANTHROPIC_API_KEY"}';

/** A workplace with a claude on PATH that answers like this, and without our own MCP server. */
function arrange({ version = `echo '${FLOOR}'`, login = `echo '${LOGGED_IN}'` } = {}): Workplace {
  const place = makeWorkplace();
  const bin = path.join(place.top, 'bin');
  mkdirSync(bin);
  writeFileSync(
    path.join(bin, 'claude'),
    `#!/bin/sh\nif [ "$1" = --version ]; then ${version}; else ${login}; fi\n`,
  );
  chmodSync(path.join(bin, 'claude'), 0o755);
  Object.assign(place.env, {
    PATH: `${bin}${path.delimiter}${place.env['PATH']}`,
    CLAUDE_SESSION_AGENT: 'claude',
    CLAUDE_SESSION_MCP_BUILTIN: '0',
  });
  return place;
}

/** What doctor finds, by name. */
async function examine(place: Workplace): Promise<{ status: number; found: Record<string, CheckRecord> }> {
  const { status, stdout } = await place.run(['doctor', '--json']);
  const checks = JSON.parse(stdout) as CheckRecord[];
  return { status, found: Object.fromEntries(checks.map((check) => [check.name, check])) };
}

function deadOwner(): string {
  return ownerOf(spawnSync(process.execPath, ['-e', '0']).pid);
}

describe('writing', () => {
  const isRoot = process.getuid?.() === 0;
  const writing = async (place: Workplace): Promise<CheckRecord | undefined> =>
    (await examine(place)).found['writing'];

  it('is tried in the home, and leaves nothing there', async () => {
    const place = arrange();
    await place.run(['new']);
    const before = readdirSync(place.paths.home);
    expect(await writing(place)).toMatchObject({ status: 'ok' });
    expect(readdirSync(place.paths.home)).toEqual(before);
  });

  it('to a home that is a file fails', async () => {
    const place = arrange();
    writeFileSync(place.paths.home, '', { mode: 0o600 });
    const { status, found } = await examine(place);
    expect(status).toBe(1);
    expect(found['writing']).toMatchObject({ status: 'fail', hint: expect.any(String) as string });
  });

  it.runIf(isRoot).each([
    ['ro,mode=700', 'EROFS', 'read-only'],
    ['size=4k,mode=700', 'ENOSPC', 'Make room'],
  ])('to a disk that is mounted %s fails with %s', async (options, code, hint) => {
    const place = arrange();
    const { home } = place.paths;
    mkdirSync(home);
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', home]);
    onTestFinished(() => void execFileSync('umount', ['-l', home]));
    expect(await writing(place)).toMatchObject({
      status: 'fail',
      detail: `${home} can't be written (${code})`,
      hint: expect.stringContaining(hint) as string,
    });
    expect(readdirSync(home)).toEqual([]);
  });
});

describe('where nothing is wrong', () => {
  it('is status 0, and nothing was created', async () => {
    const place = arrange();
    const { status, found } = await examine(place);
    expect(Object.values(found).filter((check) => check.status !== 'ok')).toEqual([]);
    expect(status).toBe(0);
    expect(existsSync(place.paths.home)).toBe(false);
    const where = path.join(place.top, 'bin/claude');
    expect(found['agent']?.detail).toBe(`${FLOOR} at ${where}; tested with ${FLOOR} and ${NEWEST}`);
    expect(found['login']?.detail).toContain('by ANTHROPIC_API_KEY, firstParty');
  });

  it.each([
    [FLOOR, 'ok'],
    [`${NEWEST} (Claude Code)`, 'ok'],
    ['2.1.1 (Claude Code)', 'warn'],
    [`${NEWEST}0`, 'warn'],
    ['a claude of our own', 'warn'],
  ])('tells whether claude "%s" is a tested one: %s', async (version, expected) => {
    const { status, found } = await examine(arrange({ version: `echo '${version}'` }));
    expect(found['agent']).toMatchObject({
      status: expected,
      detail: expect.stringContaining(`${version} at `) as string,
    });
    expect(status).toBe(0);
  });

  it('describes the store', async () => {
    const place = arrange();
    await place.run(['new']);
    const { status, found } = await examine(place);
    expect(status).toBe(0);
    expect(found['store']).toMatchObject({
      status: 'ok',
      detail: expect.stringMatching(/kB, 1 sessions, schema \d+, sound/),
    });
  });

  it('prints a line a check, and an object a line', async () => {
    const place = arrange({ login: 'echo \'{"loggedIn":false}\'' });
    const { stdout } = await place.run(['doctor']);
    expect(stdout).toMatch(/^ok {4}node {10}\d+\.\d+/);
    expect(stdout).toMatch(/^fail {2}login {9}claude is not logged in\n {20}Run claude once/m);
    const { stdout: lines } = await place.run(['doctor', '--ndjson']);
    expect(
      lines
        .trimEnd()
        .split('\n')
        .map((line) => (JSON.parse(line) as CheckRecord).name),
    ).toContain('login');
  });
});

describe('the agent', () => {
  it.each([
    [
      'does not start',
      { version: 'echo broken >&2; exit 3' },
      'agent',
      'fail',
      /ended with status 3, saying: broken/,
    ],
    ['is not logged in', { login: 'echo \'{"loggedIn":false}\'; exit 1' }, 'login', 'fail', /not logged in/],
    [
      'does not know the question',
      { login: 'echo "error: unknown option" >&2; exit 1' },
      'login',
      'warn',
      /does not say/,
    ],
  ])('%s', async (_what, agent, name, status, detail) => {
    const place = arrange(agent);
    const outcome = await examine(place);
    expect(outcome.found[name]).toMatchObject({ status, detail: expect.stringMatching(detail) });
    expect(outcome.status).toBe(status === 'fail' ? 1 : 0);
  });

  it('is not asked in the root, whose settings would answer for the user', async () => {
    const place = arrange({ version: 'pwd' });
    const { found } = await examine(place);
    expect(found['agent']?.detail).toContain(`/ at ${path.join(place.top, 'bin/claude')};`);
  });

  it('is missing: a failure, unless the mock agent answers', async () => {
    const place = arrange();
    place.env['CLAUDE_SESSION_CLAUDE'] = 'no-such-claude';
    expect(await examine(place)).toMatchObject({ status: 1, found: { agent: { status: 'fail' } } });
    place.env['CLAUDE_SESSION_AGENT'] = 'mock';
    expect(await examine(place)).toMatchObject({ status: 0, found: { agent: { status: 'warn' } } });
  });

  it('that hangs is not waited for', async () => {
    const { top, env } = arrange({ version: 'sleep 60' });
    const asked = askAgent(['claude'], ['--version'], { cwd: top, env, timeoutMs: 200 });
    await expect(asked).rejects.toMatchObject({ code: 'TIMEOUT' });
  });
});

describe('the store', () => {
  it.each([
    ['is no database', (file: string) => writeFileSync(file, 'x'.repeat(4096)), /is not a session store/],
    ['is a directory', (file: string) => mkdirSync(file), /is not a file/],
  ])('%s', async (_what, make, detail) => {
    const place = arrange();
    mkdirSync(place.paths.home, { mode: 0o700 });
    make(place.paths.store);
    const { status, found } = await examine(place);
    expect([status, found['store']?.status]).toEqual([1, 'fail']);
    expect(found['store']?.detail).toMatch(detail);
    expect(found['turns']).toBeUndefined();
  });

  it('is damaged', async () => {
    const place = arrange();
    await place.run(['new']);
    const { size } = statSync(place.paths.store);
    const file = openSync(place.paths.store, 'r+');
    writeSync(file, Buffer.alloc(size - 8192, 0xa5), 0, size - 8192, 8192);
    const { status, found } = await examine(place);
    expect([status, found['store']?.status]).toEqual([1, 'fail']);
    expect(found['store']?.detail).toMatch(/damaged/);
  });

  it('is locked', async () => {
    const place = arrange();
    await place.run(['new']);
    symlinkSync(ownerOf(process.pid), `${place.paths.store}.lock`);
    const { status, found } = await examine(place);
    expect(status).toBe(0);
    expect(found['lock']).toMatchObject({
      status: 'ok',
      detail: `held by process ${process.pid} at this moment`,
    });
  });

  it('has the lock of a dead process', async () => {
    const place = arrange();
    await place.run(['new']);
    symlinkSync(deadOwner(), `${place.paths.store}.lock`);
    const { status, found } = await examine(place);
    expect(status).toBe(0);
    expect(found['lock']?.detail).toMatch(/which is gone; the next command removes it/);
  });
});

it('tells what others may look into, and how to close it', async () => {
  const place = arrange();
  await place.run(['new']);
  expect((await examine(place)).found['permissions']?.status).toBe('ok');
  chmodSync(place.paths.home, 0o755);
  chmodSync(place.paths.store, 0o644);
  const { status, found } = await examine(place);
  expect(status).toBe(0);
  expect(found['permissions']).toMatchObject({
    status: 'warn',
    detail: `others may look into ${place.paths.home} (0755), ${place.paths.store} (0644)`,
    hint: `chmod 700 '${place.paths.home}'; chmod 600 '${place.paths.store}'`,
  });
});

describe('settings', () => {
  it('that are bad fail, and what they name is not started', async () => {
    const place = arrange();
    mkdirSync(place.paths.home, { mode: 0o700 });
    writeFileSync(place.paths.config, '{"mode":"root"}', { mode: 0o600 });
    const { status, found } = await examine(place);
    expect(status).toBe(1);
    expect(found['settings']).toMatchObject({
      status: 'fail',
      detail: expect.stringContaining('mode must be'),
    });
    expect(found['store']?.status).toBe('ok');
    expect(found['agent']).toBeUndefined();
  });

  it('of a bad project file fail, and the user’s own count', async () => {
    const place = arrange();
    writeFileSync(path.join(place.root, '.session.json'), '{"allowPower":true}');
    const { status, found } = await examine(place);
    expect(status).toBe(1);
    expect(found['project']).toMatchObject({ status: 'fail', detail: expect.stringContaining('allowPower') });
    expect(found['agent']?.status).toBe('ok');
  });
});

it('starts the MCP servers of the user, and not those of the checkout', async () => {
  const place = arrange();
  const servers = {
    echo: { command: process.execPath, args: [ECHO] },
    broken: { command: process.execPath, args: [ECHO], env: { MCP_ECHO_EXIT: '7' } },
  };
  await place.run(['config', 'set', 'mcpServers', JSON.stringify(servers)]);
  const trap = path.join(place.top, 'trap');
  const hostile = { command: 'touch', args: [trap] };
  writeFileSync(path.join(place.root, '.mcp.json'), JSON.stringify({ mcpServers: { hostile } }));
  const { status, found } = await examine(place);
  expect(status).toBe(1);
  expect(found['mcp echo']).toMatchObject({
    status: 'ok',
    detail: expect.stringMatching(/^\d+ tools in \d+ ms: .*echo/),
  });
  expect(found['mcp broken']).toMatchObject({ status: 'fail', detail: expect.stringContaining('7') });
  expect(found['mcp hostile']).toBeUndefined();
  expect(existsSync(trap)).toBe(false);
});

it('tells of references that nothing fills in, of servers it can’t try, and starts none that is disabled', async () => {
  const place = arrange();
  const trap = path.join(place.top, 'trap');
  const servers = {
    open: { command: process.execPath, args: [ECHO, '${NOSUCH_ARG}', '${FINE:-x}'] },
    unknown: { command: '${NOSUCH_BIN}' },
    socket: { type: 'ws', url: 'ws://127.0.0.1:9' },
    off: { command: 'touch', args: [trap], disabled: true },
  };
  await place.run(['config', 'set', 'mcpServers', JSON.stringify(servers)]);
  const { found } = await examine(place);
  expect(found['mcp open']).toMatchObject({
    status: 'warn',
    detail: expect.stringMatching(/echo.*; not set: \$\{NOSUCH_ARG\}$/),
    hint: 'Set ${NOSUCH_ARG}, or write a default as in ${NAME:-default}.',
  });
  expect(found['mcp unknown']).toMatchObject({
    status: 'fail',
    detail: 'There is no program "${NOSUCH_BIN}". Not set: ${NOSUCH_BIN}.',
  });
  expect(found['mcp socket']).toMatchObject({ status: 'warn', detail: expect.stringContaining('Not tried') });
  expect(found['mcp off']).toBeUndefined();
  expect(existsSync(trap)).toBe(false);
});

it('asks our own MCP server too', async () => {
  const place = arrange();
  delete place.env['CLAUDE_SESSION_MCP_BUILTIN'];
  const { found } = await examine(place);
  expect(found['mcp session']).toMatchObject({
    status: 'ok',
    detail: expect.stringContaining('search_history'),
  });
});

describe('leftovers', () => {
  /** A session with an open turn whose process is gone. */
  async function arrangeOpenTurn(): Promise<{ place: Workplace; sessionId: string; turnId: number }> {
    const place = arrange();
    const sessionId = (await place.run(['new'])).stdout.trim();
    const store = await openStore(place.paths.store, { access: 'write' });
    const limits = { timeoutMs: null, stallTimeoutMs: 1000, maxTurns: null, maxBudgetUsd: null };
    const { turn } = await store.turns.enqueue({
      sessionId,
      message: 'x',
      owner: deadOwner(),
      limits,
      at: Date.now(),
    });
    await store.close();
    mkdirSync(place.paths.sessionRun(sessionId), { recursive: true, mode: 0o700 });
    writeFileSync(place.paths.turnLog(sessionId, turn.id), '');
    return { place, sessionId, turnId: turn.id };
  }

  it('are turns that nobody sees through', async () => {
    const { place, sessionId } = await arrangeOpenTurn();
    const { status, found } = await examine(place);
    expect(status).toBe(0);
    expect(found['turns']).toMatchObject({ status: 'warn', detail: expect.stringContaining(sessionId) });
    expect(found['run files']?.status).toBe('ok');
  });

  it('are files of turns that ended', async () => {
    const { place, sessionId, turnId } = await arrangeOpenTurn();
    writeFileSync(place.paths.turnLog(sessionId, turnId + 1), '');
    mkdirSync(place.paths.sessionRun('0badcafe'));
    const { found } = await examine(place);
    expect(found['run files']?.status).toBe('warn');
    expect(found['run files']?.detail).toContain(`${sessionId}/${turnId + 1}.*`);
    expect(found['run files']?.detail).not.toContain(`/${turnId}.*`);
    expect(found['run files']?.detail).toContain('0badcafe');
  });

  it.runIf(process.platform === 'linux')('are processes of turns that ended', async () => {
    const { place, sessionId, turnId } = await arrangeOpenTurn();
    const start = (turn: number): number => {
      const env = {
        CLAUDE_SESSION_HOME: place.paths.home,
        CLAUDE_SESSION_ID: sessionId,
        CLAUDE_SESSION_TURN_ID: String(turn),
      };
      const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)'], { env, stdio: 'ignore' });
      onTestFinished(() => void child.kill('SIGKILL'));
      return child.pid!;
    };
    const running = start(turnId);
    const stray = start(turnId + 7);
    const { found } = await examine(place);
    expect(found['processes']?.status).toBe('warn');
    expect(found['processes']?.detail).toContain(`${stray} (node, of turn ${turnId + 7})`);
    expect(found['processes']?.detail).not.toContain(String(running));
  });
});
