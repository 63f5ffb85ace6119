import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { allowedToolRules, buildMcpConfig } from '../../../src/context/mcp-config.ts';
import { keepMcpConfig } from '../../../src/context/mcp-config-file.ts';
import type { McpConfig, McpSources } from '../../../src/context/mcp-config.ts';
import { makeRoot } from '../../support/study-tree.ts';

/** Reached over the stdin and stdout of the agent itself. */
const SESSION = { type: 'sdk', name: 'session' };
const ATOMIZER = 'mcp-server/atomizer-tools/dist/index.js';

function build(root: string, changes: Partial<McpSources> = {}): Promise<McpConfig> {
  return buildMcpConfig({
    root,
    mode: 'user',
    study: 'bracket',
    node: '/usr/bin/node',
    settings: null,
    files: [],
    isTrusted: true,
    hasBuiltin: true,
    ...changes,
  });
}

const config = (servers: unknown): string => JSON.stringify({ mcpServers: servers });

describe('the MCP config', () => {
  it('has our own server, unless it is off', async () => {
    const root = makeRoot();
    const session = { ...SESSION, alwaysLoad: true };
    expect(await build(root)).toEqual({
      document: { mcpServers: { session } },
      names: ['session'],
      inBand: ['session'],
    });
    expect(await build(root, { hasBuiltin: false })).toEqual({
      document: { mcpServers: {} },
      names: [],
      inBand: [],
    });
  });

  it('has the atomizer server where its file is', async () => {
    const root = makeRoot({ [ATOMIZER]: '' });
    const { document } = await build(root, { hasBuiltin: false });
    expect(document.mcpServers).toEqual({
      atomizer: {
        alwaysLoad: true,
        command: '/usr/bin/node',
        args: [join(root, ATOMIZER)],
        env: { ATOMIZER_MODE: 'user', ATOMIZER_ROOT: root, ATOMIZER_STUDY: 'bracket' },
      },
    });
    const without = await build(root, { hasBuiltin: false, study: null, mode: 'power' });
    expect(without.document.mcpServers['atomizer']).toMatchObject({ env: { ATOMIZER_MODE: 'power' } });
    expect(JSON.stringify(without)).not.toContain('ATOMIZER_STUDY');
  });

  it('lets the nearer to the hand win: atomizer, project, settings, files in order', async () => {
    const named = (command: string, ...names: string[]) =>
      Object.fromEntries(names.map((name) => [name, { command }]));
    const root = makeRoot({
      [ATOMIZER]: '',
      '.mcp.json': config(named('project', 'atomizer', 'b', 'c', 'd')),
      'one.json': config(named('one', 'c', 'd')),
      'two.json': config(named('two', 'd')),
    });
    const settings = { servers: named('settings', 'b', 'c', 'd'), where: 'config.json' };
    const files = [join(root, 'one.json'), join(root, 'two.json')];
    const { document, names } = await build(root, { settings, files });
    expect(names).toEqual(['atomizer', 'b', 'c', 'd', 'session']);
    const commands = Object.values(document.mcpServers).map((server) =>
      'command' in server ? server.command : null,
    );
    expect(commands).toEqual(['project', 'settings', 'one', 'two', null]);
  });

  it('has servers of the checkout only where that is trusted', async () => {
    const root = makeRoot({ [ATOMIZER]: '', '.mcp.json': config({ evil: { command: 'rm' } }) });
    expect((await build(root, { isTrusted: false })).names).toEqual(['session']);
    expect((await build(root)).names).toEqual(['atomizer', 'evil', 'session']);
    expect((await build(makeRoot())).names).toEqual(['session']);
  });

  it('does not even read what an untrusted checkout brings', async () => {
    const root = makeRoot({ '.mcp.json': '{not JSON' });
    expect((await build(root, { isTrusted: false })).names).toEqual(['session']);
    await expect(build(root)).rejects.toMatchObject({ code: 'MCP_CONFIG_INVALID' });
  });

  it('keeps references, and keys it does not know', async () => {
    const servers = {
      a: { command: '${BIN}', args: ['${X:-y}'], env: { KEY: '${SECRET}' }, alwaysLoad: false, cwd: '/tmp' },
      b: {
        type: 'http',
        url: '${URL}/mcp',
        headers: { Authorization: 'Bearer ${TOKEN}' },
        oauth: { clientId: 'x' },
      },
      c: { type: 'sse', url: 'https://example.org/sse', timeout: 5000 },
      d: { type: 'streamable-http', url: 'HTTP://Example.org/mcp', headersHelper: 'helper --json' },
      e: { type: 'ws', url: 'wss://example.org', novel: [1] },
      ['__proto__']: { command: 'x' },
    };
    const root = makeRoot({ 'f.json': JSON.stringify({ mcpServers: servers }).replace('{"a"', '\n{"a"') });
    const { document } = await build(root, { files: [join(root, 'f.json')], hasBuiltin: false });
    const loaded = Object.entries(servers).map(([name, entry]) => [name, { alwaysLoad: true, ...entry }]);
    expect(document.mcpServers).toEqual(Object.fromEntries(loaded));
    const same = await build(root, { settings: { servers, where: 'config.json' }, hasBuiltin: false });
    expect(same.document).toEqual(document);
  });
});

describe('what --mcp-config takes', () => {
  const json = config({ a: { command: 'x' } });

  it('is a file, or JSON in place of one', async () => {
    const root = makeRoot({ 'f.json': `\uFEFF${json}` });
    expect(await keepMcpConfig('f.json', root)).toBe(join(root, 'f.json'));
    expect(await keepMcpConfig(` ${json}`, root)).toBe(` ${json}`);
    for (const kept of [join(root, 'f.json'), ` ${json}`])
      expect((await build(root, { files: [kept] })).names).toEqual(['a', 'session']);
    await expect(build(root, { files: ['{"mcpServers": {"a": 5}}'] })).rejects.toThrow(
      'MCP server "a" in the MCP config given as JSON: it must be an object.',
    );
    await expect(build(root, { files: ['{"mcpServers"'] })).rejects.toThrow(
      'given as JSON is not valid JSON',
    );
  });

  it('starts no server that is disabled, nor one of that name that is farther away', async () => {
    const off = config({ a: { command: 'x', disabled: true }, b: { command: 'x', disabled: false } });
    const settings = { servers: { a: { command: 'y' }, c: { command: 'z' } }, where: 'config.json' };
    const { names, document } = await build(makeRoot(), { settings, files: [off] });
    expect(names).toEqual(['c', 'b', 'session']);
    expect(JSON.stringify(document)).not.toContain('"a"');
  });
});

it.each([
  ['UTF-16', Buffer.from('\uFEFF{"mcpServers":{}}', 'utf16le'), 'is not text in UTF-8'],
  ['JSON with comments', '{\n // mine\n"mcpServers":{}}', 'is not valid JSON'],
  [
    'paths of Windows with single backslashes',
    '{"mcpServers":{"a":{"command":"C:\\Tools\\x"}}}',
    'is not valid JSON',
  ],
])('an MCP config in %s is refused', async (_, content, words) => {
  const path = join(makeRoot(), 'f.json');
  writeFileSync(path, content);
  await expect(build('/', { files: [path] })).rejects.toThrow(`The MCP config ${path} ${words}`);
});

describe('a broken MCP config names file and server', () => {
  it.each<[string, string]>([
    ['', 'is empty'],
    ['{"mcpServers": {', 'is not valid JSON'],
    ['[]', 'is not a JSON object'],
    ['{}', 'has no "mcpServers".'],
    ['{"servers": {}}', 'has no "mcpServers", but "servers"'],
    ['{"mcpServers": []}', 'is not an object of servers'],
    [config({ 'a b': 5 }), 'MCP server "a b" in'],
    [config({ '': { command: 'x' } }), 'has no name'],
    [config({ a: {} }), 'command is missing'],
    [config({ a: { command: 5 } }), 'command must be text'],
    [config({ a: { command: '' } }), 'command must not be empty'],
    [config({ a: { command: 'x', args: 'y' } }), 'args must be a list'],
    [config({ a: { command: 'x', args: ['y', 1] } }), 'args.1 must be text'],
    [config({ a: { command: 'x', env: { PORT: 80 } } }), 'env.PORT must be text'],
    [config({ a: { command: 'x', env: ['y'] } }), 'env.0 is not a valid name'],
    [config({ a: { command: 'x', env: null } }), 'env must be an object'],
    [config({ a: { command: 'x', disabled: 'yes' } }), 'disabled must be true or false'],
    [config({ a: { command: 'x', timeout: '5' } }), 'timeout must be a number'],
    [config({ a: { type: 'streamableHttp', url: 'https://x' } }), 'type must be "http", "sse", "ws"'],
    [config({ a: { type: 'local', command: 'x' } }), 'type must be'],
    [config({ a: { url: 'https://x' } }), 'type is missing'],
    [config({ a: { type: 'http' } }), 'url is missing'],
    [config({ a: { type: 'http', url: 'x' } }), 'url must be an http(s) or ws(s) address'],
    [config({ a: { type: 'http', url: 'ftp://x' } }), 'url must be an http(s) or ws(s) address'],
    [config({ a: { type: 'http', url: 'http://x', headers: { X: 5 } } }), 'headers.X must be text'],
    [config({ a: { type: 'http', url: 'http://x', oauth: 'x' } }), 'oauth must be an object'],
    [config({ 'a\u001b]0;b': { command: 'x' } }), 'control characters in its name'],
    [config({ 'a\nb': { command: 'x' } }), 'control characters in its name'],
    [config({ 'a\u202eb': { command: 'x' } }), 'control characters in its name'],
    [config({ session: { command: 'x' } }), 'the built-in server'],
  ])('%s', async (text, words) => {
    const root = makeRoot({ 'f.json': text });
    const failure = { code: 'MCP_CONFIG_INVALID', message: expect.stringContaining(words) as string };
    await expect(build(root, { files: [join(root, 'f.json')] })).rejects.toMatchObject(failure);
    await expect(build(root, { files: [join(root, 'f.json')] })).rejects.toThrow(join(root, 'f.json'));
  });

  it('when it is missing, or in the settings', async () => {
    const root = makeRoot();
    await expect(build(root, { files: [join(root, 'nosuch')] })).rejects.toThrow(
      `The MCP config ${join(root, 'nosuch')} does not exist.`,
    );
    await expect(build(root, { files: [root] })).rejects.toMatchObject({ code: 'MCP_CONFIG_INVALID' });
    const settings = { servers: { a: { command: 1 } }, where: '/home/u/config.json' };
    await expect(build(root, { settings })).rejects.toThrow(
      'MCP server "a" in /home/u/config.json: command must be text.',
    );
  });
});

describe('the rules that allow MCP tools', () => {
  it('are spelled as claude spells the names', () => {
    expect(allowedToolRules(['atomizer', 'my server.v2', 'a-b_c', 'é'])).toEqual([
      'mcp__atomizer',
      'mcp__my_server_v2',
      'mcp__a-b_c',
      'mcp___',
    ]);
  });

  it('are refused when two servers are one to claude', async () => {
    expect(() => allowedToolRules(['a.b', 'a b'])).toThrow('"a.b" and "a b" are both mcp__a_b to claude');
    const root = makeRoot({ 'f.json': config({ 'a.b': { command: 'x' }, 'a b': { command: 'y' } }) });
    await expect(build(root, { files: [join(root, 'f.json')] })).rejects.toMatchObject({
      code: 'MCP_CONFIG_INVALID',
    });
  });
});
