import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { SETTING_KEYS } from '../../src/settings/keys.ts';
import { makeWorkplace } from '../support/run-command.ts';
import type { Workplace } from '../support/run-command.ts';

function stored({ paths }: Workplace): unknown {
  return JSON.parse(readFileSync(paths.config, 'utf8'));
}

function writeConfig({ paths }: Workplace, content: string): void {
  mkdirSync(paths.home, { recursive: true });
  writeFileSync(paths.config, content);
}

describe('set, get and unset', () => {
  it('keeps a value and prints it alone', async () => {
    const place = makeWorkplace();
    expect(await place.run(['config', 'set', 'timeout', '20m'])).toEqual({
      status: 0,
      stdout: '',
      stderr: `session: timeout set in ${place.paths.config}\n`,
    });
    expect(await place.run(['config', 'get', 'timeout'])).toEqual({ status: 0, stdout: '20m\n', stderr: '' });
    expect((await place.run(['config', 'unset', 'timeout'])).status).toBe(0);
    expect(stored(place)).toEqual({});
  });

  it('prints nothing for what is unset, and JSON with null', async () => {
    const place = makeWorkplace();
    expect(await place.run(['config', 'get', 'model'])).toMatchObject({ status: 0, stdout: '' });
    const { stdout } = await place.run(['config', 'get', 'model', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ key: 'model', value: null, origin: 'default', source: null });
    expect(existsSync(place.paths.home)).toBe(false);
  });

  it('takes several words for a list and none but one for the rest', async () => {
    const place = makeWorkplace();
    await place.run(['config', 'set', 'permissions.user.deny', 'WebFetch', 'Bash(rm:*, x)']);
    await place.run(['config', 'set', 'agents.claude.command', 'node', 'agent.js']);
    expect(stored(place)).toEqual({
      permissions: { user: { deny: ['WebFetch', 'Bash(rm:*, x)'] } },
      agents: { claude: { command: ['node', 'agent.js'] } },
    });
    const { status, stderr } = await place.run(['config', 'set', 'model', 'a', 'b']);
    expect([status, stderr]).toEqual([2, expect.stringContaining('model takes one value, not 2.')]);
  });

  it('keeps MCP servers one by one', async () => {
    const place = makeWorkplace();
    await place.run(['config', 'set', 'mcpServers.my docs', '{"command":"docs-mcp"}']);
    const { stdout } = await place.run(['config', 'get', 'mcpServers.my docs']);
    expect(JSON.parse(stdout)).toEqual({ command: 'docs-mcp' });
    const { stdout: other } = await place.run(['config', 'get', 'mcpServers.toString', '--json']);
    expect(JSON.parse(other)).toMatchObject({ key: 'mcpServers.toString', value: null });
    await place.run(['config', 'unset', 'mcpServers.my docs']);
    expect(stored(place)).toEqual({ mcpServers: {} });
  });

  it('keeps the secrets of servers to the file', async () => {
    const place = makeWorkplace();
    const server = { command: 'x', env: { TOKEN: 'hunter2', KEY: '${KEY}' } };
    const set = await place.run(['config', 'set', 'mcpServers.x', JSON.stringify(server), '--json']);
    expect(stored(place)).toEqual({ mcpServers: { x: server } });
    const shown = await Promise.all(
      [['get', 'mcpServers.x'], ['get', 'mcpServers', '--json'], ['list'], ['list', '--ndjson']].map(
        async (words) => (await place.run(['config', ...words])).stdout,
      ),
    );
    for (const stdout of [set.stdout, ...shown]) expect(stdout).not.toContain('hunter2');
    expect(JSON.parse(shown[0]!)).toEqual({ command: 'x', env: { TOKEN: '***', KEY: '${KEY}' } });
  });

  it('says what outdoes the file', async () => {
    const place = makeWorkplace();
    const { stderr } = await place.run(['config', 'set', 'agent', 'claude']);
    expect(stderr).toContain('but CLAUDE_SESSION_AGENT outdoes it');
  });

  it.each([
    [['set', 'timeout', '600'], /timeout: "600" is not a duration/],
    [['set', 'tiemout', '5m'], /Did you mean "timeout"/],
    [['set', 'mcpServers.x', '{"command":5}'], /mcpServers\.x/],
    [['set', 'timeout'], /takes a setting and its value/],
    [['get'], /takes the name of a setting/],
    [['get', 'modle'], /Did you mean "mode"/],
    [['unset', 'modle'], /Did you mean "mode"/],
    [['list', 'mode'], /config list does not take "mode"/],
    [['frob'], /action takes "get", "set", "unset"/],
    [['list', '--root', 'nowhere'], /is not an existing directory/],
  ])('config %j is refused and nothing is written', async (words, message) => {
    const place = makeWorkplace();
    const { status, stdout, stderr } = await place.run(['config', ...words]);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(message);
    expect(existsSync(place.paths.home)).toBe(false);
  });
});

describe('list', () => {
  it('tells every setting and where its value is from', async () => {
    const place = makeWorkplace();
    writeConfig(place, '{"model":"opus","timeout":"5m"}');
    writeFileSync(path.join(place.root, '.session.json'), '{"timeout":"1m"}');
    const { stdout } = await place.run(['config', 'list']);
    const rows = stdout.trimEnd().split('\n').slice(1);
    expect(rows.map((row) => row.split(' ')[0])).toEqual(SETTING_KEYS);
    const find = (key: string): string[] => rows.find((row) => row.startsWith(`${key} `))!.split(/ {2,}/);
    expect(find('agent')).toEqual(['agent', 'mock', 'CLAUDE_SESSION_AGENT']);
    expect(find('model')).toEqual(['model', 'opus', place.paths.config]);
    expect(find('timeout')).toEqual(['timeout', '1m', path.join(place.root, '.session.json')]);
    expect(find('wait')).toEqual(['wait', '10m', 'default']);
    expect(find('budgetUsd')).toEqual(['budgetUsd', '-', '-']);
  });

  it('is the root given with --root whose project file counts', async () => {
    const place = makeWorkplace();
    const other = path.join(place.top, 'other');
    mkdirSync(other);
    writeFileSync(path.join(other, '.session.json'), '{"timeout":"2m"}');
    const { stdout } = await place.run(['config', 'list', '--root', '../other', '--json']);
    const timeout = (JSON.parse(stdout) as { key: string }[]).find(({ key }) => key === 'timeout');
    expect(timeout).toMatchObject({
      value: '2m',
      origin: 'project',
      source: path.join(other, '.session.json'),
    });
  });
});

describe('a home', () => {
  it.each([
    ['home', 0o777],
    ['home', 0o1777],
    ['file', 0o666],
  ])('whose %s others may change (%o) is refused, and nothing of it is used', async (what, mode) => {
    const place = makeWorkplace();
    await place.run(['config', 'set', 'timeout', '5m']);
    const open = what === 'home' ? place.paths.home : place.paths.config;
    chmodSync(open, mode);
    for (const words of [
      ['config', 'get', 'timeout'],
      ['config', 'set', 'timeout', '1m'],
      ['new'],
      ['trust'],
    ]) {
      const { status, stdout, stderr } = await place.run(words);
      expect([status, stdout]).toEqual([2, '']);
      expect(stderr).toContain(`${open} may be changed by everyone, so it is not used.`);
      expect(stderr).toContain(`chmod go-w '${open}'`);
    }
    if (what === 'home') expect((await place.run(['list'])).status).toBe(2);
    chmodSync(open, what === 'home' ? 0o700 : 0o600);
    expect((await place.run(['config', 'get', 'timeout'])).stdout).toBe('5m\n');
  });

  it.runIf(process.getuid?.() === 0)('of somebody else is refused', async () => {
    const place = makeWorkplace();
    mkdirSync(place.paths.home, { mode: 0o700 });
    chownSync(place.paths.home, 65_534, 65_534);
    for (const words of [['config', 'list'], ['new'], ['list'], ['history', '@last', '--json']]) {
      const { status, stderr } = await place.run(words);
      expect([status, stderr]).toEqual([2, expect.stringContaining('belongs to user 65534, not to you (0)')]);
    }
  });
});

describe('a bad file', () => {
  it('is status 2 and names file and key, and unset mends it', async () => {
    const place = makeWorkplace();
    writeConfig(place, '{"mode":"root","frobnicate":1}');
    for (const action of [['list'], ['get', 'model']]) {
      const { status, stderr } = await place.run(['config', ...action]);
      expect([status, stderr]).toEqual([2, expect.stringContaining(`${place.paths.config}: mode must be`)]);
    }
    expect((await place.run(['config', 'path'])).status).toBe(0);
    expect((await place.run(['config', 'unset', 'mode'])).status).toBe(0);
    expect((await place.run(['config', 'unset', 'frobnicate'])).status).toBe(0);
    expect((await place.run(['config', 'list'])).status).toBe(0);
  });
});

it('path prints the file alone, or all places as JSON', async () => {
  const place = makeWorkplace();
  expect((await place.run(['config', 'path'])).stdout).toBe(`${place.paths.config}\n`);
  const { stdout } = await place.run(['config', 'path', '--json']);
  expect(JSON.parse(stdout)).toEqual({
    home: place.paths.home,
    config: place.paths.config,
    project: path.join(place.root, '.session.json'),
    store: place.paths.store,
    run: place.paths.run,
  });
});

it('schema prints the JSON Schema of the files', async () => {
  const { stdout } = await makeWorkplace().run(['config', 'schema']);
  expect(JSON.parse(stdout)).toMatchObject({ properties: { timeout: { type: 'string' } } });
});
