import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { readLines } from '../../system/read-lines.ts';
import { VERSION } from '../../version.ts';
import { Connection } from './connection.ts';
import type { RpcMessage } from './connection.ts';
import type { Environment } from './io.ts';
import type { ServerConfig, ServerProgram } from './mcp-config.ts';
import type { ToolAnswer } from './tools.ts';
import { failed, noSuchTool } from './tools.ts';
import { interruptible } from './wait.ts';

/** Claude waits so long for servers before the first turn, unless told to wait for them (then up to the second). */
const PATIENCE_MS = 2_000;
const BLOCKING_PATIENCE_MS = 7_000;
/** How long a server has, after its stdin was closed and it was asked to end, before it is killed. */
const GRACE_MS = 400;

interface Server {
  name: string;
  status: 'pending' | 'connected' | 'failed';
  connection: Connection;
  child: ChildProcess | undefined;
  /** As the model sees them: `mcp__server__tool`, with the server's own name for each. */
  tools: Map<string, string>;
  settled: Promise<void>;
}

interface Surroundings {
  sessionId: string;
  cwd: string;
  env: Environment;
  /** Says something to who started us, for a server of type `sdk`. */
  request(record: object): void;
}

/** The MCP servers of an agent process: programs, and those that its starter answers for. */
export class McpServers {
  readonly #around: Surroundings;
  readonly #servers: Server[] = [];
  /** Those of type `sdk`, by the requests that wait for an answer. */
  readonly #asked = new Map<string, Server>();

  constructor(configs: Map<string, ServerConfig>, around: Surroundings) {
    this.#around = around;
    for (const [name, config] of configs) {
      const server: Server = {
        name,
        status: 'pending',
        child: undefined,
        tools: new Map(),
        settled: Promise.resolve(),
        connection: new Connection((message) => this.#ask(server, message)),
      };
      this.#servers.push(server);
      if (config !== null) this.#start(server, config);
    }
  }

  /** Begins to speak with the servers of type `sdk` that an `initialize` request names. */
  connectInBand(names: readonly string[]): void {
    for (const server of this.#servers) if (names.includes(server.name)) server.settled = shakeHands(server);
  }

  /** Takes the answer to a request of ours. */
  answer(requestId: string, message: object | undefined): void {
    const { connection } = this.#asked.get(requestId) ?? {};
    this.#asked.delete(requestId);
    if (message !== undefined) connection?.receive(message);
  }

  /** Nobody answers for servers of type `sdk` any more. */
  closeInBand(): void {
    for (const { child, connection } of this.#servers) if (child === undefined) connection.close();
  }

  /** Waits for them as long as claude would. */
  async ready(): Promise<void> {
    const enough = new AbortController();
    const patience = sleep(patienceMs(this.#around.env), undefined, enough).catch(() => {});
    await Promise.race([patience, Promise.all(this.#servers.map((server) => server.settled))]);
    enough.abort();
  }

  statuses(): { name: string; status: string }[] {
    return this.#servers.map(({ name, status }) => ({ name, status }));
  }

  toolNames(): string[] {
    return this.#servers.flatMap((server) => [...server.tools.keys()]);
  }

  async call(serverName: string, tool: string, input: object, signal: AbortSignal): Promise<ToolAnswer> {
    const server = this.#servers.find(({ name }) => name === serverName);
    const visible = mcpToolName(serverName, tool);
    const name = server?.tools.get(visible);
    if (server === undefined || name === undefined)
      return noSuchTool(
        visible,
        server?.status === 'pending'
          ? `. The MCP server '${serverName}' is still connecting. Call WaitForMcpServers to wait for it, then try again.`
          : '',
      );
    try {
      const call = server.connection.request<{ content: { text?: string }[]; isError?: boolean }>(
        'tools/call',
        { name, arguments: input },
      );
      const { content, isError } = await interruptible(call, signal);
      if (isError !== true) return { content, detail: content };
      return failed(content.map(({ text = '' }) => text).join('\n'));
    } catch (error) {
      signal.throwIfAborted();
      return failed((error as Error).message);
    }
  }

  /** Ends the programs; after a normal end those that never answered are left behind, as claude leaves them. */
  async stop(isNormalEnd: boolean): Promise<void> {
    await Promise.all(
      this.#servers.map(async ({ status, child }) => {
        if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
        child.stdin?.end();
        if (isNormalEnd && status === 'pending') child.unref();
        else if (child.kill('SIGTERM')) await killAfter(child, GRACE_MS);
        child.stdin?.destroy();
        child.stdout?.destroy();
      }),
    );
  }

  #start(server: Server, { command, args, env }: ServerProgram): void {
    const { sessionId, cwd, env: inherited } = this.#around;
    const child = spawn(command, args, {
      cwd,
      env: {
        ...inherited,
        CLAUDECODE: '1',
        CLAUDE_CODE_ENTRYPOINT: 'sdk-cli',
        CLAUDE_CODE_SESSION_ID: sessionId,
        CLAUDE_PROJECT_DIR: cwd,
        ...env,
      },
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    server.child = child;
    child.on('error', () => server.connection.close()).on('close', () => server.connection.close());
    child.stdin.on('error', () => {});
    void readMessages(child, server.connection);
    server.settled = shakeHands(server);
  }

  #ask(server: Server, message: object): void {
    if (server.child !== undefined) {
      server.child.stdin?.write(`${JSON.stringify(message)}\n`);
      return;
    }
    const requestId = randomUUID();
    // The answer to a notification says nothing.
    if ('id' in message) this.#asked.set(requestId, server);
    const request = { subtype: 'mcp_message', server_name: server.name, message };
    this.#around.request({ type: 'control_request', request_id: requestId, request });
  }
}

async function shakeHands(server: Server): Promise<void> {
  const { connection, name: serverName } = server;
  try {
    const clientInfo = { name: 'session-mock-agent', version: VERSION };
    await connection.request('initialize', { protocolVersion: '2025-11-25', capabilities: {}, clientInfo });
    connection.notify('notifications/initialized');
    const { tools } = await connection.request<{ tools: { name: string }[] }>('tools/list', {});
    for (const { name } of tools) server.tools.set(mcpToolName(serverName, name), name);
    server.status = 'connected';
  } catch {
    server.status = 'failed';
  }
}

/** Lines that are no JSON are a server's chatter, and passed over. */
async function readMessages(child: ChildProcess, connection: Connection): Promise<void> {
  try {
    for await (const line of readLines(child.stdout!)) {
      try {
        connection.receive(JSON.parse(line ?? '') as RpcMessage);
      } catch {
        continue;
      }
    }
  } catch {
    // Destroyed: the server is being stopped.
  }
}

async function killAfter(child: ChildProcess, graceMs: number): Promise<void> {
  const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
  await new Promise((resolve) => child.once('exit', resolve));
  clearTimeout(timer);
}

/** A tool's name as the model sees it. */
export function mcpToolName(server: string, tool: string): string {
  const safe = (name: string): string => name.replaceAll(/[^a-zA-Z0-9_-]/g, '_');
  return `mcp__${safe(server)}__${safe(tool)}`;
}

function patienceMs(env: Environment): number {
  if (env['MCP_CONNECTION_NONBLOCKING'] !== '0') return PATIENCE_MS;
  return Number(
    env['CLAUDE_CODE_MCP_STARTUP_WAIT_MS'] ?? env['MCP_CONNECT_TIMEOUT_MS'] ?? BLOCKING_PATIENCE_MS,
  );
}
