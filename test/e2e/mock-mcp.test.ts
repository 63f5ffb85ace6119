import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { isAlive, makePlaces, MockAgent, pidIn, runScript } from '../support/mock-agent.ts';
import type { MockStart } from '../support/mock-agent.ts';

const SERVER = fileURLToPath(new URL('../support/mcp-echo.mjs', import.meta.url));

/** Where a server of the test wrote its pid, and how to start an agent with servers of these environments. */
function withServers(
  servers: Record<string, Record<string, string>>,
  args: string[] = [],
): Required<Pick<MockStart, 'cwd' | 'home' | 'env' | 'args'>> {
  const { cwd, home } = makePlaces();
  const entries = Object.entries(servers).map(([name, env]) => [
    name,
    {
      command: process.execPath,
      args: [SERVER, '${GREETING:-hello} ${NAME}'],
      env: { MCP_ECHO_PID_FILE: path.join(cwd, name), ...env },
    },
  ]);
  const config = path.join(cwd, 'mcp.json');
  writeFileSync(config, JSON.stringify({ mcpServers: Object.fromEntries(entries) }));
  const rules = Object.keys(servers).map((name) => `mcp__${name}`);
  return {
    cwd,
    home,
    env: { NAME: 'mock' },
    args: ['--mcp-config', config, '--strict-mcp-config', '--allowedTools', rules.join(','), ...args],
  };
}

test('a tool of a configured server is called for real, with references expanded', async () => {
  const start = withServers({ atomizer: { MCP_ECHO_NOISE: '1' } });
  const agent = await runScript(
    'call atomizer echo {"text": "ünï"}\ncall atomizer args\ncall atomizer env {"name": "CLAUDECODE"}',
    start,
  );
  expect(agent.records[0]).toMatchObject({ mcp_servers: [{ name: 'atomizer', status: 'connected' }] });
  expect(agent.records[0]!['tools']).toContain('mcp__atomizer__echo');
  expect(agent.toolResults.map((result) => result['content'][0].text)).toEqual([
    'echo: ünï',
    '["hello mock"]',
    '1',
  ]);
  expect(agent.text).toBe('1');
  expect(agent.code).toBe(0);
  expect(isAlive(await pidIn(path.join(start.cwd, 'atomizer')))).toBe(false);
});

test('an error of a tool, and a server that dies in a call, are told in claude’s words', async () => {
  const agent = await runScript(
    'call atomizer fail\ncall atomizer crash\ncall atomizer echo',
    withServers({ atomizer: {} }),
  );
  expect(agent.toolResults.map((result) => [result['is_error'], result['content']])).toEqual([
    [true, 'the tool failed on purpose'],
    [true, 'MCP error -32000: Connection closed'],
    [true, 'MCP error -32000: Connection closed'],
  ]);
  expect(agent.code).toBe(0);
});

test('a server that cannot start is failed, one that is slow is pending; the turn goes on', async () => {
  const start = withServers({ broken: { MCP_ECHO_EXIT: '3' }, slow: { MCP_ECHO_DELAY_MS: '60000' } });
  const agent = await runScript('call broken echo\ncall slow echo\nsay on', start);
  expect(agent.records[0]!['mcp_servers']).toEqual([
    { name: 'broken', status: 'failed' },
    { name: 'slow', status: 'pending' },
  ]);
  const [broken, slow] = agent.toolResults;
  expect(broken!['content']).toContain('No such tool available: mcp__broken__echo');
  expect(slow!['content']).toContain("The MCP server 'slow' is still connecting.");
  expect(agent.text).toBe('on');
});

test('told to wait for its servers, it does', async () => {
  const start = withServers({ slow: { MCP_ECHO_DELAY_MS: '2600' } });
  const env = { MCP_CONNECTION_NONBLOCKING: '0', MCP_CONNECT_TIMEOUT_MS: '20000' };
  const agent = await runScript('call slow echo {"text": "here"}', { ...start, env });
  expect(agent.records[0]!['mcp_servers']).toEqual([{ name: 'slow', status: 'connected' }]);
  expect(agent.text).toBe('echo: here');
});

test('a server that does not end when it is asked to is left behind', async () => {
  const start = withServers({ atomizer: { MCP_ECHO_STUBBORN: '1' } });
  expect((await runScript('call atomizer echo', start)).code).toBe(0);
  const survivor = await pidIn(path.join(start.cwd, 'atomizer'));
  expect(isAlive(survivor)).toBe(true);
  process.kill(survivor, 'SIGKILL');
});

test.each(['nosuch.json', '{"mcpServers"', '{"servers": {}}', '{}'])(
  'the configuration %s ends the start',
  async (config) => {
    const agent = new MockAgent({ args: ['--mcp-config', config] });
    expect((await agent.exited).code).toBe(1);
    expect(agent.stderr).toContain('Error: Invalid MCP configuration:\n');
  },
);
