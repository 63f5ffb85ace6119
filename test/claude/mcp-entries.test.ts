import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { parseMcpServer } from '../../src/model/mcp-server.ts';
import { openWorkbench } from './workbench.ts';

const ECHO_FILE = fileURLToPath(new URL('echo-server.mjs', import.meta.url));
const ECHO = { command: process.execPath, args: [ECHO_FILE] };
const NOWHERE = 'http://127.0.0.1:9/mcp';

/** What claude drops without a word is what we refuse in a sentence. */
const ENTRIES: [isTaken: boolean, entry: unknown][] = [
  [true, ECHO],
  [true, { ...ECHO, type: 'stdio', cwd: '/', disabled: false, alwaysLoad: false, timeout: 5000, novel: 1 }],
  [true, { type: 'http', url: NOWHERE, headers: { A: '${NOSUCH}' }, oauth: { clientId: 'x' } }],
  [true, { type: 'http', url: NOWHERE, headersHelper: 'true' }],
  [true, { type: 'sse', url: NOWHERE }],
  [true, { type: 'streamable-http', url: 'HTTP://127.0.0.1:9/mcp' }],
  [true, { type: 'ws', url: 'ws://127.0.0.1:9' }],
  [false, { type: 'streamableHttp', url: NOWHERE }],
  [false, { type: 'local', ...ECHO }],
  [false, { url: NOWHERE }],
  [false, { command: '' }],
  [false, { command: 'true', args: ['--port', 8080] }],
  [false, { command: 'true', env: { PORT: 8080 } }],
  [false, { command: 'true', env: null }],
  [false, { command: 'true', timeout: '5' }],
  [false, { command: 'true', alwaysLoad: 'yes' }],
  [false, { type: 'http', url: NOWHERE, headers: { X: 5 } }],
  [false, { type: 'http', url: NOWHERE, oauth: 'x' }],
];

it('takes an entry exactly where claude does', async () => {
  const bench = await openWorkbench();
  const servers = Object.fromEntries(ENTRIES.map(([, entry], at) => [`s${at}`, entry]));
  const config = join(bench.scratch, 'all.json');
  writeFileSync(config, JSON.stringify({ mcpServers: servers }));
  const argv = ['-p', 'hi', '--output-format', 'stream-json', '--verbose'];
  const { stdout } = await promisify(execFile)(
    bench.env['CLAUDE_SESSION_CLAUDE']!,
    [...argv, '--strict-mcp-config', `--mcp-config=${config}`],
    { cwd: bench.root, env: bench.env },
  );
  const { mcp_servers: known } = JSON.parse(stdout.split('\n')[0]!) as { mcp_servers: { name: string }[] };
  const taken = new Set(known.map(({ name }) => name));
  const outcomes = ENTRIES.map(([isTaken, entry], at) => [
    isTaken,
    taken.has(`s${at}`),
    'entry' in parseMcpServer(entry),
  ]);
  expect(outcomes).toEqual(ENTRIES.map(([isTaken]) => [isTaken, isTaken, isTaken]));
});

it('lets the model see the tools of every server at once, but for those that are to wait', async () => {
  const bench = await openWorkbench();
  bench.configure({ mcpServers: { lazy: { ...ECHO, alwaysLoad: false }, off: { ...ECHO, disabled: true } } });
  const id = await bench.create('--mcp-config', JSON.stringify({ mcpServers: { eager: ECHO } }));
  const { records } = await bench.run('send', id, 'hello', '--ndjson');
  const names = (bench.api.requests[0]?.body.tools ?? []).map(({ name }) => name);
  expect(names).toContain('mcp__eager__echo');
  expect(names).toContain('mcp__session__search_history');
  // Older versions know no search for tools, and load all of them.
  expect(names.includes('mcp__lazy__echo')).toBe(!names.includes('ToolSearch'));
  expect(records[0]?.['mcp_servers']).toContainEqual({ name: 'lazy', status: 'connected' });
  expect(JSON.stringify(records[0]?.['mcp_servers'])).not.toContain('"off"');
});

it('starts a server in the root whatever its cwd says, and passes an unset reference on as it stands', async () => {
  const bench = await openWorkbench();
  const tell =
    'require("fs").writeFileSync(process.argv[1], JSON.stringify([process.cwd(), process.env.TOKEN]))';
  const told = join(bench.scratch, 'told');
  const odd = {
    command: process.execPath,
    args: ['-e', tell, told],
    cwd: bench.scratch,
    env: { TOKEN: '${NOSUCH_TOKEN}' },
  };
  const id = await bench.create('--mcp-config', JSON.stringify({ mcpServers: { odd } }));
  const { stderr } = await bench.run('send', id, 'hello');
  expect(stderr).toContain('MCP server "odd" refers to ${NOSUCH_TOKEN}, which is not set');
  expect(JSON.parse(readFileSync(told, 'utf8'))).toEqual([bench.root, '${NOSUCH_TOKEN}']);
});
