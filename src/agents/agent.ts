import type { ErrorCode } from '../errors.ts';
import type { AgentName, Effort, Mode } from '../model/model.ts';
import type { NewFile } from '../model/message-file.ts';
import type { AgentEvent, AgentResult } from './events.ts';

/** Which of the agent's own conversations a process continues or begins. Ids are UUIDs. */
export type Conversation =
  | { kind: 'new'; id: string }
  | { kind: 'resume'; id: string }
  /** A copy of `from` that continues as `id`. `from` is not changed. */
  | { kind: 'fork'; from: string; id: string };

/** The model name with which the agent uses its own default. */
export const AGENT_DEFAULT_MODEL = 'default';

/** The inputs of the agent's command line. */
export interface AgentInvocation {
  conversation: Conversation;
  mcpConfigPath: string;
  /** Appended to the agent's own prompt, or replaces it. */
  systemPrompt: { path: string; kind: 'append' | 'replace' } | null;
  /** Whether the agent reads its own settings files in the root. They start programs (hooks) without asking. */
  isTrusted: boolean;
  model: string | null;
  effort: Effort | null;
  /** Names separated by commas. */
  fallbackModel: string | null;
  /** Directories outside the root that the tools may use like the root. */
  addedDirs: readonly string[];
  mode: Mode;
  /** Permission rules for calls that are allowed without asking. They have no effect in `power`. */
  allowedTools: readonly string[];
  /** Permission rules that users added when they answered a request. Each names a whole command. */
  addedRules: readonly string[];
  /** Whether the agent asks (`permission_request`) about calls that no rule allows or denies. */
  asks: boolean;
  /** Permission rules for calls that are denied in every mode. */
  disallowedTools: readonly string[];
  maxTurns: number | null;
  maxBudgetUsd: number | null;
  /** The JSON Schema of the answer, in the form that the agent accepts. */
  schema: object | null;
}

/** What the agent, its tools and its MCP servers are told about the turn. */
export interface TurnFacts {
  sessionId: string;
  turnId: number;
  mode: Mode;
  root: string;
  study: string | null;
  /** Our own home directory, so that a `session` run by the agent finds the same store. */
  home: string;
  /** How long the agent waits for MCP servers before the first model call. */
  mcpConnectTimeoutMs: number;
  /** The effort asked for; null leaves it to the agent's settings. */
  effort: Effort | null;
  /** How often the agent repeats a failed API call; null leaves its default (10). */
  maxRetries: number | null;
}

/** What is known about a failed turn: its result, or without one how the process ended. */
export interface FailureFacts {
  result: AgentResult | null;
  /** When the usage limit ends. */
  retryAt?: number | null;
  stderr?: string;
  exit?: { code: number | null; signal: string | null } | null;
}

export interface Failure {
  /** Decides whether the turn is tried again, and how it is stored. The code alone is not enough for that. */
  reason: 'no_conversation' | 'id_in_use' | 'interrupted' | 'other';
  code: ErrorCode;
  message: string;
  hint: string | undefined;
  /** When a new attempt may succeed, in milliseconds since 1970; null when the agent did not say. */
  retryAt: number | null;
}

/** Where programs are found. */
export interface ProgramPlace {
  /** The setting `agents.claude.command`. */
  command: readonly string[];
  /** The command that starts this program again. */
  self: readonly [node: string, bundle: string];
}

/** The user's answer to a `permission_request`. With a rule, the agent's process allows such calls until it exits. */
export type PermissionAnswer =
  | { isAllowed: true; input: object; rule: string | null }
  | { isAllowed: false; message: string };

/** A file that the agent gets with a message. */
export interface AgentFile extends NewFile {
  /** It came with an earlier message, in another agent conversation. */
  isEarlier?: boolean;
}

export interface UserLineOptions {
  expand?: boolean;
  preface?: string | null;
  files?: readonly AgentFile[];
  uuid?: string;
}

/** The lines that go to an agent's stdin, each with its newline. */
export interface StdinLines {
  /** The first line for a process. `servers` are the MCP servers whose messages go over stdin and stdout. */
  initialize(servers: readonly string[]): string;
  /**
   * One message, which begins a turn. Without `expand`, no text in it is taken as a command. `preface` is a context
   * update that goes before it. The agent answers a line with a given uuid only once.
   */
  user(text: string, options: UserLineOptions): string;
  /** Continues a turn that a usage limit stopped. The agent has its message already. */
  goOn(uuid: string): string;
  /** Asks the agent to stop the running turn, but not to exit. */
  interrupt(requestId: string): string;
  /** Asks which MCP servers are connected; an `mcp_status` answers. */
  mcpStatus(): string;
  /** Answers a `permission_request`. */
  permissionAnswer(requestId: string, answer: PermissionAnswer): string;
  /** Answers an `mcp_request`. Undefined when MCP has no answer, as for a notification. */
  mcpAnswer(requestId: string, answer: object | undefined): string;
}

/** A program that answers messages, with everything that is specific to it. */
export interface Agent {
  readonly name: AgentName;
  readonly lines: StdinLines;
  /** The program, with the arguments that come before all others. */
  program(place: ProgramPlace): readonly string[];
  /** The arguments after it. Throws SETTINGS_INVALID for a value that would become a flag. */
  argv(invocation: AgentInvocation): string[];
  /** The part of a schema that the agent understands. The answer is checked against the whole schema. */
  narrowSchema(schema: Record<string, unknown>): Promise<object>;
  environment(base: NodeJS.ProcessEnv, facts: TurnFacts): Record<string, string>;
  /** The events of one line of its stdout; none for an unknown line. Never throws. */
  parse(line: string): AgentEvent[];
  /** Whether its usage totals continue over all processes of a conversation. */
  carriesSums(version: string | null): boolean;
  classify(facts: FailureFacts): Failure;
}
