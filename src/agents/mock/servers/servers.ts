import { setTimeout as sleep } from 'node:timers/promises';
import type { Control } from '../control.ts';
import type { Environment } from '../io.ts';
import { noSuchTool } from '../tool-call.ts';
import type { ToolAnswer } from '../tool-call.ts';
import type { ServerEntry } from './config.ts';
import { startProgram } from './program.ts';
import type { ServerProgram } from './program.ts';
import { McpServer, mcpToolName } from './server.ts';

/** How long claude waits for servers before the first turn by default. */
const STARTUP_WAIT_MS = 2_000;

interface Surroundings {
  sessionId: string;
  cwd: string;
  env: Environment;
  control: Control;
}

/** The MCP servers of an agent process: programs, and servers of type `sdk`, which the parent process answers for. */
export class McpServers {
  readonly #env: Environment;
  readonly #servers: McpServer[] = [];
  readonly #programs: ServerProgram[] = [];
  readonly #connecting: Promise<void>[] = [];
  #isReady: Promise<unknown> | undefined;

  constructor(entries: Map<string, ServerEntry>, { sessionId, cwd, env, control }: Surroundings) {
    this.#env = env;
    const told = { CLAUDECODE: '1', CLAUDE_CODE_SESSION_ID: sessionId, CLAUDE_PROJECT_DIR: cwd };
    for (const [name, entry] of entries) {
      if (!('command' in entry)) {
        this.#servers.push(new McpServer(name, (message) => control.exchange(name, message)));
        continue;
      }
      const program = startProgram(entry.command, entry.args ?? [], cwd, { ...env, ...told, ...entry.env });
      const server = new McpServer(name, program.exchange);
      this.#programs.push(program);
      this.#servers.push(server);
      this.#connecting.push(server.connect());
    }
  }

  /** Connects to the servers of type `sdk` that an `initialize` request names. */
  connectInBand(names: readonly string[]): void {
    for (const server of this.#servers)
      if (names.includes(server.name)) this.#connecting.push(server.connect());
  }

  /** Waits for the servers as long as claude would. */
  async ready(): Promise<void> {
    const waitMs = Number(this.#env['MCP_CONNECT_TIMEOUT_MS'] ?? STARTUP_WAIT_MS);
    const timeUp = sleep(waitMs, undefined, { ref: false });
    await (this.#isReady ??= Promise.race([timeUp, Promise.all(this.#connecting)]));
  }

  statuses(): { name: string; status: string }[] {
    return this.#servers.map(({ name, status }) => ({ name, status }));
  }

  toolNames(): string[] {
    return this.#servers.flatMap(({ name, tools }) => tools.map((tool) => mcpToolName(name, tool)));
  }

  async call(server: string, tool: string, input: object): Promise<ToolAnswer> {
    const found = this.#servers.find(({ name }) => name === server);
    return (await found?.call(tool, input)) ?? noSuchTool(mcpToolName(server, tool));
  }

  async stop(): Promise<void> {
    await Promise.all(this.#programs.map((program) => program.stop()));
  }
}
