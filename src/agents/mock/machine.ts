import { existsSync, readFileSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { Control } from './control.ts';
import { StartRefused } from './io.ts';
import type { Environment, MockIo } from './io.ts';
import { readMcpConfigs } from './servers/config.ts';
import { McpServers } from './servers/servers.ts';
import { parseOptions } from './options.ts';
import type { MockOptions } from './options.ts';
import { Output } from './output.ts';
import { Permissions } from './permissions.ts';
import { mockFolder, openTranscript } from './transcript.ts';
import type { Transcript } from './transcript.ts';
import { addUsage } from './usage.ts';
import type { TokenUsage, UsageByModel } from './usage.ts';

const DEFAULT_MODEL = 'mock';
/** The claude whose protocol the mock speaks. */
const IMITATED_VERSION = '2.1.332';
const BUILT_IN_TOOLS = ['Bash', 'Edit', 'Read', 'WebFetch', 'WebSearch', 'Write'];

/** What a signal, a control request or the end of stdin is called in `ignore`. */
export const IGNORABLE = ['SIGINT', 'SIGTERM', 'SIGHUP', 'interrupt', 'eof'] as const;

/** One running mock agent: what all its turns share. */
export class Machine {
  readonly env: Environment;
  /** With symbolic links resolved. */
  readonly cwd: string;
  readonly options: MockOptions;
  readonly transcript: Transcript;
  readonly output: Output;
  readonly control: Control;
  readonly mcp: McpServers;
  readonly permissions: Permissions;
  readonly model: string;
  readonly #givenPrompt: string;
  /** What a script has made it ignore. */
  readonly ignored = new Set<(typeof IGNORABLE)[number]>();
  /** Whether the recorded system prompt is sent again on `--resume`; `initialize` can say no. */
  keepsPrompt = true;
  #results = 0;
  /** What the conversation has used, all its processes together. */
  readonly #used: UsageByModel;
  #usedSinceResult: UsageByModel = {};
  /** What this process has spent. */
  spentUsd = 0;

  /** Throws StartRefused in claude's words, before any server is started. */
  constructor(argv: string[], { env, cwd, stdout }: MockIo) {
    this.env = env;
    this.cwd = realpathSync(cwd);
    this.options = parseOptions(argv);
    if (this.options.isPower) refuseRoot(env);
    const servers = readMcpConfigs(this.options.mcpConfigs, this.cwd, env);
    this.#givenPrompt = readPrompt(this.options, this.cwd);
    const folder = path.join(mockFolder(env), this.cwd.replaceAll(/[^a-zA-Z0-9]/g, '-'));
    this.transcript = openTranscript(this.options, folder);
    this.output = new Output(stdout, this.sessionId);
    this.control = new Control(this.output);
    this.model = this.options.model ?? this.transcript.model ?? DEFAULT_MODEL;
    this.#used = this.transcript.usage;
    this.permissions = new Permissions(this.options, this.cwd);
    this.mcp = new McpServers(servers, this);
  }

  get sessionId(): string {
    return this.transcript.sessionId;
  }

  /** The system prompt that the model is given: the one of the first request, unless `initialize` said otherwise. */
  sendPrompt(): string {
    const recorded = this.transcript.recordPrompt(this.#givenPrompt);
    return this.keepsPrompt ? recorded : this.#givenPrompt;
  }

  /** Prints the `init` line of a turn. */
  announce(uuid: string | undefined): void {
    const { cwd, mcp, options, permissions, model } = this;
    const tools = [...BUILT_IN_TOOLS, ...mcp.toolNames().toSorted()].filter((tool) => permissions.has(tool));
    this.output.system('init', {
      cwd,
      tools,
      mcp_servers: mcp.statuses(),
      model,
      permissionMode: options.isPower ? 'bypassPermissions' : 'default',
      memory_paths: { auto: cwd },
      slash_commands: [],
      apiKeySource: 'none',
      claude_code_version: `${IMITATED_VERSION}-mock`,
      output_style: 'default',
      agents: [],
      skills: [],
      plugins: [],
      analytics_disabled: true,
      product_feedback_disabled: true,
      fast_mode_state: 'off',
      ...(uuid !== undefined && { user_message_uuids: [uuid] }),
    });
  }

  /** Says how far it is with a message that has an id. */
  tellLifecycle(uuid: string | undefined, state: string): void {
    if (uuid !== undefined) this.output.told({ type: 'command_lifecycle', command_uuid: uuid, state });
  }

  addUsage(model: string, usage: TokenUsage, costUsd: number): void {
    addUsage(this.#used, model, usage, costUsd);
    addUsage(this.#usedSinceResult, model, usage, costUsd);
    this.spentUsd += costUsd;
  }

  /** The sums of a result line, and what makes it one of many. */
  closeSums(): { modelUsage: UsageByModel; about: object } {
    const about = {
      queued_turn_count: 0,
      result_index: this.#results,
      model_usage_since_last_result: this.#usedSinceResult,
    };
    this.#results += 1;
    this.#usedSinceResult = {};
    this.transcript.addUsage(this.#used);
    return { modelUsage: this.#used, about };
  }
}

function readPrompt({ systemPromptFile }: MockOptions, cwd: string): string {
  if (systemPromptFile === undefined) return '(none)';
  const file = path.resolve(cwd, systemPromptFile);
  if (!existsSync(file)) throw new StartRefused(`Error: System prompt file not found: ${file}`);
  return readFileSync(file, 'utf8') || '(none)';
}

function refuseRoot(env: Environment): void {
  if (process.getuid?.() !== 0 || env['IS_SANDBOX'] === '1') return;
  throw new StartRefused(
    '--dangerously-skip-permissions cannot be used with root/sudo privileges for security reasons',
  );
}
