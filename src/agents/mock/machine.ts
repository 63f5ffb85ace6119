import { existsSync, readFileSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { maxRetries } from './failures.ts';
import { StartRefused } from './io.ts';
import type { Environment, MockIo } from './io.ts';
import { readMcpConfigs } from './mcp-config.ts';
import { McpServers } from './mcp.ts';
import { parseOptions } from './options.ts';
import type { MockOptions } from './options.ts';
import { LineOutput } from './output.ts';
import { Permissions } from './permissions.ts';
import { BUILT_IN_TOOLS, initRecord } from './records.ts';
import { openTranscript, transcriptFolder } from './transcript.ts';
import type { Transcript } from './transcript.ts';
import { addUsage, totalUsd } from './usage.ts';
import type { TokenUsage, UsageByModel } from './usage.ts';

const DEFAULT_MODEL = 'mock';

/** What a signal, a control request or the end of stdin is called in `ignore`. */
export const IGNORABLE = ['SIGINT', 'SIGTERM', 'SIGHUP', 'interrupt', 'eof'] as const;

/** A turn that nobody asked for, which a script has brought about: when it comes, and what it is. */
export interface Wake {
  delayMs: number;
  origin: string;
  text: string;
}

/** One running mock agent: what all its turns share. */
export class Machine {
  readonly argv: readonly string[];
  readonly env: Environment;
  /** With symbolic links resolved. */
  readonly cwd: string;
  readonly options: MockOptions;
  readonly output: LineOutput;
  readonly transcript: Transcript;
  readonly mcp: McpServers;
  readonly #givenPrompt: string;
  readonly permissions: Permissions;
  readonly model: string;
  /** What a script has made it ignore. */
  readonly ignored = new Set<(typeof IGNORABLE)[number]>();
  readonly wakes: Wake[] = [];
  /** Whether the recorded system prompt is sent again on `--resume`; `initialize` can say no. */
  keepsPrompt = true;
  /** Result lines so far. */
  results = 0;
  /** What the conversation has used, all its processes together. */
  readonly used: UsageByModel;
  usedSinceResult: UsageByModel = {};
  /** What this process has spent. */
  spentUsd = 0;

  /** Throws StartRefused in claude's words, before any server is started. */
  constructor(argv: readonly string[], { env, cwd, stdout }: MockIo) {
    this.argv = argv;
    this.env = env;
    this.cwd = realpathSync(cwd);
    this.options = parseOptions(argv);
    if (this.options.permissionMode === 'bypassPermissions') refuseRoot(env);
    maxRetries(env);
    const configs = readMcpConfigs(this.options.mcpConfigs, this.cwd, env);
    this.#givenPrompt = readPrompt(this.options, this.cwd);
    this.output = new LineOutput(stdout);
    this.transcript = openTranscript(this.options, transcriptFolder(env, this.cwd));
    this.model = this.options.model ?? this.transcript.model ?? DEFAULT_MODEL;
    this.used = structuredClone(this.transcript.usage);
    this.permissions = new Permissions(this.options, this.cwd);
    this.mcp = new McpServers(configs, {
      sessionId: this.sessionId,
      cwd: this.cwd,
      env,
      request: (record) => this.output.record(record),
    });
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
    const { cwd, mcp, options, permissions, model, sessionId } = this;
    const tools = [...BUILT_IN_TOOLS, ...mcp.toolNames().toSorted()].filter((tool) => permissions.has(tool));
    const facts = {
      cwd,
      tools,
      mcp_servers: mcp.statuses(),
      model,
      permissionMode: options.permissionMode,
      memory_paths: { auto: cwd },
    };
    const about = uuid === undefined ? {} : { user_message_uuids: [uuid] };
    this.output.record(initRecord(sessionId, facts, about));
  }

  addUsage(model: string, usage: TokenUsage, costUsd: number): void {
    addUsage(this.used, model, usage, costUsd);
    addUsage(this.usedSinceResult, model, usage, costUsd);
    this.spentUsd += costUsd;
  }

  /** The sums of a result line, and what makes it one of many. */
  closeSums(): { totalCostUsd: number; modelUsage: UsageByModel; about: object } {
    const about = {
      queued_turn_count: 0,
      result_index: this.results,
      model_usage_since_last_result: this.usedSinceResult,
    };
    this.results += 1;
    this.usedSinceResult = {};
    this.transcript.addUsage(this.used);
    return { totalCostUsd: totalUsd(this.used), modelUsage: structuredClone(this.used), about };
  }
}

function readPrompt({ systemPrompts, systemPromptFiles }: MockOptions, cwd: string): string {
  const files = systemPromptFiles.map((name) => {
    const file = path.resolve(cwd, name);
    if (!existsSync(file)) throw new StartRefused(`Error: System prompt file not found: ${file}`);
    return readFileSync(file, 'utf8');
  });
  return [...files, ...systemPrompts].join('\n\n') || '(none)';
}

function refuseRoot(env: Environment): void {
  if (process.getuid?.() !== 0 || env['IS_SANDBOX'] === '1') return;
  throw new StartRefused(
    '--dangerously-skip-permissions cannot be used with root/sudo privileges for security reasons',
  );
}
