import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { allowedToolRules, buildMcpConfig } from '../../../src/context/mcp-config.ts';
import type { McpConfig, McpSources } from '../../../src/context/mcp-config.ts';
import { makeRoot } from '../../support/study-tree.ts';

const SESSION = {
  command: '/usr/bin/node',
  args: ['/opt/session.cjs', 'mcp'],
  env: { CLAUDE_SESSION_ID: '1a2b3c4d' },
};
const ATOMIZER = 'mcp-server/atomizer-tools/dist/index.js';

function build(root: string, changes: Partial<McpSources> = {}): Promise<McpConfig> {
  return buildMcpConfig({
    root,
    mode: 'user',
    study: 'bracket',
    node: '/usr/bin/node',
    settings: null,
    files: [],
    projectFile: false,
    atomizer: true,
    session: SESSION,
    ...changes,
  });
}

const config = (servers: unknown): string => JSON.stringify({ mcpServers: servers });

describe('the MCP config', () => {
  it('has our own server, unless it is off', async () => {
    const root = makeRoot();
    expect(await build(root)).toEqual({ document: { mcpServers: { session: SESSION } }, names: ['session'] });
    expect(await build(root, { session: null })).toEqual({ document: { mcpServers: {} }, names: [] });
  });

  it('has the atomizer server where its file is', async () => {
    const root = makeRoot({ [ATOMIZER]: '' });
    const { document } = await build(root, { session: null });
    expect(document.mcpServers).toEqual({
      atomizer: {
        command: '/usr/bin/node',
        args: [join(root, ATOMIZER)],
        env: { ATOMIZER_MODE: 'user', ATOMIZER_ROOT: root, ATOMIZER_STUDY: 'bracket' },
      },
    });
    const without = await build(root, { session: null, study: null, mode: 'power' });
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
    const { document, names } = await build(root, { settings, files, projectFile: true });
    expect(names).toEqual(['atomizer', 'b', 'c', 'd', 'session']);
    const commands = Object.values(document.mcpServers).map((server) =>
      'command' in server ? server.command : null,
    );
    expect(commands).toEqual(['project', 'settings', 'one', 'two', SESSION.command]);
  });

  it('reads the checkout’s .mcp.json only when asked', async () => {
    const root = makeRoot({ '.mcp.json': config({ evil: { command: 'rm' } }) });
    expect((await build(root)).names).toEqual(['session']);
    expect((await build(root, { projectFile: true })).names).toEqual(['evil', 'session']);
    expect((await build(makeRoot(), { projectFile: true })).names).toEqual(['session']);
  });

  it('keeps references, and keys it does not know', async () => {
    const servers = {
      a: { command: '${BIN}', args: ['${X:-y}'], env: { KEY: '${SECRET}' }, alwaysLoad: true },
      b: { type: 'http', url: '${URL}/mcp', headers: { Authorization: 'Bearer ${TOKEN}' } },
      c: { type: 'sse', url: 'https://example.org/sse' },
      ['__proto__']: { command: 'x' },
    };
    const root = makeRoot({ 'f.json': JSON.stringify({ mcpServers: servers }).replace('{"a"', '\n{"a"') });
    const { document } = await build(root, { files: [join(root, 'f.json')], session: null });
    expect(document.mcpServers).toEqual(servers);
  });
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
    [config({ a: {} }), 'needs a command'],
    [config({ a: { command: 5 } }), 'command must be text'],
    [config({ a: { command: '' } }), 'command must not be empty'],
    [config({ a: { command: 'x', args: 'y' } }), 'args must be a list'],
    [config({ a: { command: 'x', args: ['y', 1] } }), 'args.1 must be text'],
    [config({ a: { command: 'x', env: { PORT: 80 } } }), 'env.PORT must be text'],
    [config({ a: { type: 'ws', url: 'x' } }), 'type must be'],
    [config({ a: { url: 'https://x' } }), 'so needs "type"'],
    [config({ a: { type: 'http' } }), 'needs a url'],
    [config({ a: { type: 'http', url: 'ftp://x' } }), 'url must be an http(s) address'],
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
