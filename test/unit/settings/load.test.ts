import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { SETTING_KEYS } from '../../../src/settings/keys.ts';
import { arrange } from './support.ts';

describe('the layers', () => {
  it('has a default for what needs one', async () => {
    const { value, origin } = await arrange().load();
    expect(value).toMatchSnapshot();
    expect(SETTING_KEYS.map((key) => origin(key).layer)).toSatisfy((layers: string[]) =>
      layers.every((layer) => layer === 'default'),
    );
  });

  it('lets the environment win over a trusted project, that over the user', async () => {
    const place = arrange({
      user: { wait: '1m', timeout: '1m', stallTimeout: '1m' },
      project: { wait: '2m', timeout: '2m' },
      isTrusted: true,
    });
    const env = { ...place.env, CLAUDE_SESSION_WAIT: '3m' };
    const { value, origin } = await place.load({ env });
    expect(value).toMatchObject({ wait: 180_000, timeout: 120_000, stallTimeout: 60_000, warm: false });
    expect(origin('wait')).toEqual({ layer: 'env', source: 'CLAUDE_SESSION_WAIT' });
    expect(origin('timeout')).toEqual({ layer: 'project', source: place.projectFile });
    expect(origin('stallTimeout')).toEqual({ layer: 'user', source: place.paths.config });
    expect(origin('idle')).toEqual({ layer: 'default', source: null });
  });

  it('knows the value as it was written', async () => {
    const loaded = await arrange({ user: { timeout: '90s' } }).load();
    expect(loaded.written('timeout')).toBe('90s');
    expect(loaded.written('wait')).toBe('10m');
    expect(loaded.written('model')).toBeUndefined();
  });

  it('takes a program for a command, and leading arguments', async () => {
    const place = arrange({ user: { agents: { claude: { command: ['node', '/x/cli.js'] } } } });
    expect((await place.load()).value.agents.claude.command).toEqual(['node', '/x/cli.js']);
    const env = { ...place.env, CLAUDE_SESSION_CLAUDE: '/opt/my claude' };
    expect((await place.load({ env })).value.agents.claude.command).toEqual(['/opt/my claude']);
  });

  it('resolves a prompt file against the file that names it', async () => {
    const place = arrange({ user: { systemPrompt: { file: 'prompt.md' } } });
    expect((await place.load()).value.systemPrompt.file).toBe(`${place.paths.home}/prompt.md`);
  });

  it('reads a file with a byte order mark', async () => {
    expect((await arrange({ user: '\uFEFF{"model":"x"}' }).load()).value.model).toBe('x');
  });
});

describe('the environment', () => {
  it.each([
    ['ALLOW_POWER', '0', { allowPower: false }],
    ['ALLOW_POWER', 'yes', { allowPower: true }],
    ['MAX_TURNS', '7', { maxTurns: 7 }],
    ['BUDGET_USD', '0.5', { budgetUsd: 0.5 }],
    ['AGENT', 'mock', { agent: 'mock' }],
    ['DEFAULT_MODE', 'power', { mode: 'power' }],
    ['CLAUDE', '["a","b"]', { agents: { claude: { command: ['a', 'b'] } } }],
    ['MODEL', '', { model: undefined }],
  ])('CLAUDE_SESSION_%s=%s', async (name, words, expected) => {
    const place = arrange();
    const env = { ...place.env, [`CLAUDE_SESSION_${name}`]: words };
    expect((await place.load({ env })).value).toMatchObject(expected);
  });

  it.each([
    ['ALLOW_POWER', 'maybe'],
    ['MAX_TURNS', '0'],
    ['MAX_TURNS', '1.5'],
    ['BUDGET_USD', '-1'],
    ['BUDGET_USD', '0'],
    ['TIMEOUT', '600'],
    ['AGENT', 'gpt'],
    ['CLAUDE', '[]'],
    ['CLAUDE', '[oops'],
    ['CLAUDE', './claude'],
    ['CLAUDE', '["bin/claude","-x"]'],
    ['TRUST', '.'],
    ['TRUST', '/a:b'],
    ['TRUST', '["b"]'],
  ])('CLAUDE_SESSION_%s=%s is refused by name', async (name, words) => {
    const place = arrange();
    const env = { ...place.env, [`CLAUDE_SESSION_${name}`]: words };
    await expect(place.load({ env })).rejects.toMatchObject({
      code: 'SETTINGS_INVALID',
      message: expect.stringContaining(`CLAUDE_SESSION_${name}: "${words}"`) as string,
    });
  });

  it('does not take the mode from the environment that an agent gives its tools', async () => {
    const place = arrange();
    const env = {
      ...place.env,
      CLAUDE_SESSION_MODE: 'power',
      CLAUDE_SESSION_ID: 'x',
      CLAUDE_SESSION_ROOT: '/',
    };
    expect((await place.load({ env })).value.mode).toBe('user');
  });
});

describe('a bad file', () => {
  it.each([
    [{ modell: 'x' }, /there is no setting "modell"/, /"model"/],
    [{ replay: { message: 1 } }, /"replay\.message"/, /"replay\.messages"/],
    [{ zzz: 1 }, /"zzz"/, /config list/],
    [{ timeout: 600 }, /timeout must be string, not 600/, undefined],
    [{ timeout: '600' }, /timeout is not a duration\. Write .* unit/, undefined],
    [{ wait: '-1m' }, /wait is not a duration/, undefined],
    [{ mode: 'root' }, /mode must be \("user" \| "power"\), not "root"/, undefined],
    [{ replay: { messages: 1.5 } }, /replay\.messages must be a whole number/, undefined],
    [{ replay: [] }, /replay must be an object, not a list/, undefined],
    [{ mcpServers: [{ command: 'x' }] }, /mcpServers must be an object, not a list/, undefined],
    [{ mcpServers: { a: { command: 'x', env: ['y'] } } }, /mcpServers\.a\.env/, undefined],
    [{ maxBudgetUsd: 0 }, /maxBudgetUsd must be more than 0/, undefined],
    [{ retention: { maxSize: 'lots' } }, /retention\.maxSize is not a size/, undefined],
    [{ trustedRoots: ['here'] }, /trustedRoots\.0 must be an absolute path/, undefined],
    [{ agents: { claude: { command: './claude' } } }, /agents\.claude\.command must be/, undefined],
    [{ agents: { claude: { command: ['bin/claude', '-x'] } } }, /agents\.claude\.command must/, undefined],
    [
      { mcp: { atomizer: true } },
      /mcp\.atomizer is no longer a setting\. .*session trust/,
      /config unset mcp\.atomizer/,
    ],
    [{ mcp: { projectFile: true } }, /session trust/, /unset/],
    [{ agents: { claude: { settingSources: ['user'] } } }, /session trust/, /unset/],
    [{ redact: { patterns: ['('] } }, /redact\.patterns\.0 is not a regular expression/, undefined],
    [{ agents: { claude: { command: [] } } }, /agents\.claude\.command must be a program/, undefined],
    [{ mcpServers: { a: { command: 5 } } }, /mcpServers\.a\.command must be text/, undefined],
    [{ mcpServers: { a: { cmd: 'x' } } }, /mcpServers\.a\.(cmd|command)/, undefined],
    [{ mcpServers: { a: { url: 'http://x' } } }, /mcpServers\.a\.type/, undefined],
    [
      { mcpServers: { a: { type: 'http', url: 'x' } } },
      /mcpServers\.a\.url must be an http\(s\) or ws\(s\) address/,
      undefined,
    ],
    [{ mcpServers: { '': { command: 'x' } } }, /mcpServers/, undefined],
    ['[]', /must hold a JSON object/, undefined],
    ['null', /must hold a JSON object/, undefined],
    ['', /is not valid JSON/, undefined],
    ['{"a":', /is not valid JSON/, undefined],
    ['{"__proto__": {"mode": "power"}}', /there is no setting "__proto__"|must hold/, undefined],
    ['['.repeat(200_000), /is not valid JSON/, undefined],
    [' '.repeat(1024 * 1024 + 1), /larger than 1 MiB/, undefined],
  ])('%j', async (user, message, hint) => {
    const place = arrange({ user });
    const error: unknown = await place.load().catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'SETTINGS_INVALID', exitStatus: 2 });
    const { message: said, hint: hinted } = error as { message: string; hint?: string };
    expect(said).toContain(place.paths.config);
    expect(said).toMatch(message);
    expect(said).not.toContain('\n');
    if (hint !== undefined) expect(hinted).toMatch(hint);
  });

  it('is no named pipe to hang on, and no directory', async () => {
    const place = arrange();
    execFileSync('sh', ['-c', `mkfifo '${place.projectFile}'`]);
    await expect(place.load()).rejects.toMatchObject({
      message: `${place.projectFile}: is not a regular file.`,
    });
    mkdirSync(place.paths.config);
    await expect(place.load({ root: undefined })).rejects.toMatchObject({ code: 'SETTINGS_INVALID' });
  });

  it('accepts servers as claude has them', async () => {
    const mcpServers = {
      'my server.v2': { command: 'node', args: ['x'], env: { TOKEN: '${TOKEN}' } },
      remote: { type: 'http', url: 'https://x/mcp', headers: { Authorization: 'Bearer ${T}' } },
      late: { type: 'sse', url: '${BASE}/sse' },
    };
    expect((await arrange({ user: { mcpServers } }).load()).value.mcpServers).toEqual(mcpServers);
  });
});

it('reads without writing', async () => {
  const place = arrange({ user: '{"model":"x"}' });
  await place.load();
  expect(readFileSync(place.paths.config, 'utf8')).toBe('{"model":"x"}');
});
