import { setTimeout as sleep } from 'node:timers/promises';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import type { Transport } from '@modelcontextprotocol/client';
import { VERSION } from '../../version.ts';
import { interruptible } from '../pause.ts';
import type { LocalServer, ServerConfig } from './config.ts';
import { StdioTransport } from './stdio.ts';
import { mcpToolName, noSuchTool } from './contract.ts';
import type { McpServers, ToolAnswer } from './contract.ts';

type Environment = Record<string, string | undefined>;

/** Claude waits so long for servers before the first turn, unless told to wait for them (then up to the second). */
const PATIENCE_MS = 2_000;
const BLOCKING_PATIENCE_MS = 7_000;
/** No tool call is too long: the longest a timer can wait. */
const FOREVER_MS = 2 ** 31 - 1;

const STILL_CONNECTING = 'is still connecting. Call WaitForMcpServers to wait for it, then try again.';

interface Server {
  name: string;
  status: 'pending' | 'connected' | 'failed';
  client: Client;
  transport: Transport;
  /** As the model sees them: `mcp__server__tool`, with the server's own name for each. */
  tools: Map<string, string>;
  settled: Promise<void>;
}

/** Starts the servers of the configuration, for real, with the official client. */
export function startServers(
  configs: Map<string, ServerConfig>,
  { sessionId, cwd, env }: { sessionId: string; cwd: string; env: Environment },
): McpServers {
  const inherited = {
    ...env,
    CLAUDECODE: '1',
    CLAUDE_CODE_ENTRYPOINT: 'sdk-cli',
    CLAUDE_CODE_SESSION_ID: sessionId,
    CLAUDE_PROJECT_DIR: cwd,
  };
  const servers = [...configs].map(([name, config]) => connect(name, config, cwd, inherited));
  const find = (name: string): Server | undefined => servers.find((server) => server.name === name);

  return {
    async ready() {
      const enough = new AbortController();
      const patience = sleep(patienceMs(env), undefined, { signal: enough.signal }).catch(() => {});
      await Promise.race([patience, Promise.all(servers.map((server) => server.settled))]);
      enough.abort();
    },
    statuses: () => servers.map(({ name, status }) => ({ name, status })),
    toolNames: () => servers.flatMap((server) => [...server.tools.keys()]),
    call: (name, tool, input, signal) => callTool(find(name), mcpToolName(name, tool), input, signal),
    async stop(isNormalEnd) {
      await Promise.all(
        servers.map(async ({ status, client, transport }) => {
          // A server that never answered outlives claude.
          if (isNormalEnd && status === 'pending' && transport instanceof StdioTransport) transport.abandon();
          else await client.close();
        }),
      );
    },
  };
}

function connect(name: string, config: ServerConfig, cwd: string, env: Environment): Server {
  const client = new Client({ name: 'session-mock-agent', version: VERSION });
  const transport =
    'url' in config
      ? new StreamableHTTPClientTransport(new URL(config.url), { requestInit: { headers: config.headers } })
      : new StdioTransport(config, cwd, serverEnvironment(config, env));
  const server: Server = {
    name,
    status: 'pending',
    client,
    transport,
    tools: new Map(),
    settled: Promise.resolve(),
  };
  server.settled = handshake(server, Number(env['MCP_TIMEOUT'] ?? FOREVER_MS));
  return server;
}

async function handshake(server: Server, timeoutMs: number): Promise<void> {
  try {
    await server.client.connect(server.transport, { timeout: timeoutMs });
    const { tools } = await server.client.listTools();
    for (const { name } of tools) server.tools.set(mcpToolName(server.name, name), name);
    server.status = 'connected';
  } catch {
    server.status = 'failed';
    await server.client.close().catch(() => {});
  }
}

async function callTool(
  server: Server | undefined,
  tool: string,
  input: Record<string, unknown>,
  signal: AbortSignal,
): Promise<ToolAnswer> {
  const name = server?.tools.get(tool);
  if (server === undefined || name === undefined) {
    const isPending = server?.status === 'pending';
    return noSuchTool(tool, isPending ? `. The MCP server '${server.name}' ${STILL_CONNECTING}` : '');
  }
  try {
    const call = server.client.callTool({ name, arguments: input }, { timeout: FOREVER_MS });
    const { content, isError } = await interruptible(call, signal);
    if (isError !== true) return { content, detail: content };
    return failed(content.map((block) => (block.type === 'text' ? block.text : '')).join('\n'));
  } catch (error) {
    signal.throwIfAborted();
    return failed(describe(error));
  }
}

function failed(text: string): ToolAnswer {
  return { content: text, isError: true, detail: `Error: ${text}` };
}

function describe(error: unknown): string {
  const { code, message } = error as { code?: unknown; message: string };
  return typeof code === 'number' ? `MCP error ${code}: ${message}` : 'MCP error -32000: Connection closed';
}

function serverEnvironment(server: LocalServer, env: Environment): Record<string, string> {
  const given = { ...env, ...server.env };
  return Object.fromEntries(
    Object.entries(given).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

function patienceMs(env: Environment): number {
  if (env['MCP_CONNECTION_NONBLOCKING'] !== '0') return PATIENCE_MS;
  return Number(env['MCP_CONNECT_TIMEOUT_MS'] ?? BLOCKING_PATIENCE_MS);
}
