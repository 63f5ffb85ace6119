import type { Transport } from '@modelcontextprotocol/client';
import { renderLine } from '../text/markdown.ts';
import { systemCode } from '../errors.ts';
import type { McpServer, RemoteServer, StdioServer } from '../model/mcp-server.ts';
import { VERSION } from '../version.ts';
import { expandReferences } from '../model/references.ts';

export interface ProbeOptions {
  timeoutMs: number;
  /** The directory in which claude would start it: the session's root. */
  cwd: string;
  /** The environment that the server inherits, and that expands `${VAR}`. */
  env: Record<string, string | undefined>;
}

export interface Probe {
  /** `untried` is for a server that only claude can connect to. */
  status: 'connected' | 'failed' | 'timed_out' | 'untried';
  /** The names of its tools, as the server reports them. */
  tools: string[];
  durationMs: number;
  /** One sentence; undefined when it is connected. */
  error?: string;
}

/** Starts an MCP server as claude would, lists its tools, and ends it in any case. Never throws. */
export async function probeServer(entry: McpServer, options: ProbeOptions): Promise<Probe> {
  const untried = whyUntried(entry);
  if (untried !== undefined) return { status: 'untried', tools: [], durationMs: 0, error: untried };
  const startedAt = performance.now();
  const expired = AbortSignal.timeout(options.timeoutMs);
  let channel: Channel | undefined;
  try {
    channel = await openChannel(expandReferences(entry, options.env), options);
    const listing = listToolNames(channel.transport, options.timeoutMs);
    const tools = await Promise.race([listing, rejectOn(expired)]);
    return { status: 'connected', tools, durationMs: elapsed(startedAt) };
  } catch (error) {
    const durationMs = elapsed(startedAt);
    if (expired.aborted) {
      return {
        status: 'timed_out',
        tools: [],
        durationMs,
        error: `It did not answer within ${options.timeoutMs} ms.`,
      };
    }
    const reason = channel?.explain(error as Error) ?? (error as Error).message;
    return { status: 'failed', tools: [], durationMs, error: reason };
  } finally {
    await channel?.transport.close().catch(() => {});
  }
}

function whyUntried(entry: McpServer): string | undefined {
  if (entry.type === 'ws') return 'It is reached over a WebSocket, which only the agent opens.';
  const logsIn = 'oauth' in entry || 'headersHelper' in entry;
  return logsIn ? 'It wants a login that only the agent can make.' : undefined;
}

interface Channel {
  transport: Transport;
  /** One sentence that says why it failed. */
  explain(error: Error): string;
}

async function openChannel(entry: McpServer, { cwd, env }: ProbeOptions): Promise<Channel> {
  if (entry.type !== undefined && entry.type !== 'stdio') return openRemote(entry as RemoteServer);
  const { command, args = [], env: own = {} } = entry as StdioServer;
  const inherited = Object.entries(env).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  const { ChildTransport } = await import('./child-transport.ts');
  const transport = new ChildTransport({
    command,
    args,
    cwd,
    env: { ...Object.fromEntries(inherited), ...own },
  });
  return { transport, explain: (error) => explainChild(command, transport, error) };
}

function explainChild(
  command: string,
  child: { ending: string | undefined; stderr: string },
  error: Error,
): string {
  if (systemCode(error) === 'ENOENT') return `There is no program ${JSON.stringify(command)}.`;
  const said = renderLine(child.stderr, 300);
  const what =
    child.ending === undefined ? renderLine(error.message, 300) : `It ended at once (${child.ending})`;
  return said === '' ? `${what}.` : `${what}, saying: ${said}`;
}

async function openRemote({ type, url, headers = {} }: RemoteServer): Promise<Channel> {
  const { SSEClientTransport, StreamableHTTPClientTransport } = await import('@modelcontextprotocol/client');
  if (!URL.canParse(url)) throw new Error(`${JSON.stringify(url)} is not an address.`);
  const HttpTransport = type === 'sse' ? SSEClientTransport : StreamableHTTPClientTransport;
  const transport = new HttpTransport(new URL(url), { requestInit: { headers } });
  return {
    transport,
    explain: (error) =>
      renderLine(
        [error.message, (error.cause as Error | undefined)?.message].filter(Boolean).join(': '),
        300,
      ),
  };
}

async function listToolNames(transport: Transport, timeoutMs: number): Promise<string[]> {
  const { Client } = await import('@modelcontextprotocol/client');
  const client = new Client({ name: 'session-doctor', version: VERSION });
  await client.connect(transport, { timeout: timeoutMs });
  if (client.getServerCapabilities()?.tools === undefined) return [];
  const { tools } = await client.listTools(undefined, { timeout: timeoutMs });
  return tools.map((tool) => tool.name);
}

function rejectOn(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) =>
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true }),
  );
}

function elapsed(startedAt: number): number {
  return Math.round(performance.now() - startedAt);
}
