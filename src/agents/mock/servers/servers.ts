import { setTimeout as sleep } from 'node:timers/promises';
import type { Control } from '../control.ts';
import type { Environment } from '../io.ts';
import { failed, noSuchTool } from '../tool-call.ts';
import type { ToolAnswer } from '../tool-call.ts';
import { interruptible } from '../wait.ts';
import type { ServerEntry } from './config.ts';
import { ServerProcess } from './program.ts';
import { McpServer, mcpToolName } from './server.ts';

/** Claude waits so long for servers before the first turn, unless told to wait for them. */
const PATIENCE_MS = 2_000;

interface Surroundings {
  sessionId: string;
  cwd: string;
  env: Environment;
  control: Control;
}

/** The MCP servers of an agent process: programs, and those that its starter answers for. */
export class McpServers {
  readonly #env: Environment;
  readonly #servers: McpServer[] = [];
  readonly #programs = new Map<McpServer, ServerProcess>();
  readonly #connecting: Promise<void>[] = [];
  #isReady: Promise<unknown> | undefined;

  constructor(entries: Map<string, ServerEntry>, { sessionId, cwd, env, control }: Surroundings) {
    this.#env = env;
    const told = {
      CLAUDECODE: '1',
      CLAUDE_CODE_ENTRYPOINT: 'sdk-cli',
      CLAUDE_CODE_SESSION_ID: sessionId,
      CLAUDE_PROJECT_DIR: cwd,
    };
    for (const [name, entry] of entries) {
      if (!('command' in entry)) {
        this.#servers.push(new McpServer(name, (message) => control.exchange(name, message)));
        continue;
      }
      const { command, args = [], env: own } = entry;
      const program = new ServerProcess(command, args, { cwd, env: { ...env, ...told, ...own } });
      const server = new McpServer(name, (message) => program.exchange(message));
      this.#servers.push(server);
      this.#programs.set(server, program);
      this.#connecting.push(server.connect());
    }
  }

  /** Begins to speak with the servers of type `sdk` that an `initialize` request names. */
  connectInBand(names: readonly string[]): void {
    for (const server of this.#servers)
      if (names.includes(server.name)) this.#connecting.push(server.connect());
  }

  /** Waits for them as long as claude would. */
  async ready(): Promise<void> {
    const { MCP_CONNECTION_NONBLOCKING: nonblocking, MCP_CONNECT_TIMEOUT_MS: timeoutMs } = this.#env;
    const enough = new AbortController();
    const patienceMs = nonblocking === '0' ? Number(timeoutMs) : PATIENCE_MS;
    const patience = sleep(patienceMs, undefined, enough).catch(() => {});
    await (this.#isReady ??= Promise.race([patience, Promise.all(this.#connecting)]));
    enough.abort();
  }

  statuses(): { name: string; status: string }[] {
    return this.#servers.map(({ name, status }) => ({ name, status }));
  }

  toolNames(): string[] {
    return this.#servers.flatMap(({ tools }) => [...tools.keys()]);
  }

  async call(serverName: string, tool: string, input: object, signal: AbortSignal): Promise<ToolAnswer> {
    const server = this.#servers.find(({ name }) => name === serverName);
    const visible = mcpToolName(serverName, tool);
    const name = server?.tools.get(visible);
    const connecting = `. The MCP server '${serverName}' is still connecting. Call WaitForMcpServers to wait for it, then try again.`;
    if (server === undefined || name === undefined)
      return noSuchTool(visible, server?.status === 'pending' ? connecting : '');
    try {
      const { content, isError } = await interruptible(server.call(name, input), signal);
      if (isError !== true) return { content, detail: content };
      return failed(content.map(({ text = '' }) => text).join('\n'));
    } catch (error) {
      signal.throwIfAborted();
      return failed((error as Error).message);
    }
  }

  /** Ends the programs; after a normal end those that never answered are left behind, as claude leaves them. */
  async stop(isNormalEnd: boolean): Promise<void> {
    const programs = [...this.#programs];
    await Promise.all(
      programs.map(([{ status }, program]) => program.stop(isNormalEnd && status === 'pending')),
    );
  }
}
