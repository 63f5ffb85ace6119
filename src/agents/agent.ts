import type { ErrorCode } from '../errors.ts';
import type { AgentName, Effort, Mode, NewFile } from '../model/model.ts';
import type { AgentEvent, AgentResult } from './events.ts';

/** Which of the agent's own conversations a process continues or begins. Ids are UUIDs. */
export type Conversation =
  | { kind: 'new'; id: string }
  | { kind: 'resume'; id: string }
  /** A copy of `from` that goes on under `id`; `from` stays as it is. */
  | { kind: 'fork'; from: string; id: string };

/** The name of the model that the agent uses where no other one is asked for. */
export const AGENT_DEFAULT_MODEL = 'default';

/** Everything that decides the agent's command line. */
export interface AgentInvocation {
  conversation: Conversation;
  mcpConfigPath: string;
  /** Added to the agent's own prompt, or in its place. */
  systemPrompt: { path: string; kind: 'append' | 'replace' } | null;
  /** Whether the agent reads the settings of its own that the root brings along: they start programs (hooks) without asking. */
  isTrusted: boolean;
  model: string | null;
  effort: Effort | null;
  /** Names parted by commas. */
  fallbackModel: string | null;
  /** Directories beside the root that the tools may use as they may use the root. */
  addedDirs: readonly string[];
  mode: Mode;
  /** Permission rules that need no asking; of no effect in `power`. */
  allowedTools: readonly string[];
  /** Permission rules that users have added call by call; they name whole commands. */
  addedRules: readonly string[];
  /** Whether calls that no rule allows or denies are asked about (`permission_request`). */
  asks: boolean;
  /** Permission rules that are refused in every mode. */
  disallowedTools: readonly string[];
  maxTurns: number | null;
  maxBudgetUsd: number | null;
  /** The JSON Schema that the answer is to fit, as the agent takes it. */
  schema: object | null;
}

/** What the agent, its tools and its MCP servers may know of the turn they serve. */
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

/** What is known of a turn that went wrong: its result, or without one how the process ended. */
export interface FailureFacts {
  result: AgentResult | null;
  /** When the usage limit ends. */
  retryAt?: number | null;
  stderr?: string;
  exit?: { code: number | null; signal: string | null } | null;
}

export interface Failure {
  /** What decides how the turn goes on, or what it counts as; the code alone does not tell. */
  reason: 'no_conversation' | 'id_in_use' | 'interrupted' | 'other';
  code: ErrorCode;
  message: string;
  hint: string | undefined;
  /** When it may go well again, in milliseconds since 1970; null where nobody said. */
  retryAt: number | null;
}

/** Where programs are found. */
export interface ProgramPlace {
  /** The setting `agents.claude.command`. */
  command: readonly string[];
  /** How to start this very program again. */
  self: readonly [node: string, bundle: string];
}

/** The user's word on a `permission_request`; with a rule it holds for as long as the agent's process does. */
export type PermissionAnswer =
  | { isAllowed: true; input: object; rule: string | null }
  | { isAllowed: false; message: string };

/** A file that the agent gets with a message. */
export interface AgentFile extends NewFile {
  /** It came with an earlier message, of another conversation of the agent's. */
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
  /** The first line of a process; `servers` are the MCP servers whose messages go over stdin and stdout. */
  initialize(servers: readonly string[]): string;
  /**
   * One message, which begins a turn. It arrives as it is: nothing in it is a command, unless `expand` says so.
   * `preface` is news of ours that goes before it. The agent answers a line of one uuid once.
   */
  user(text: string, options: UserLineOptions): string;
  /** Goes on with a turn that a usage limit stopped: the agent has its message already. */
  goOn(uuid: string): string;
  /** Asks the agent to give the running turn up and stay. */
  interrupt(requestId: string): string;
  /** Answers a `permission_request`. */
  permissionAnswer(requestId: string, answer: PermissionAnswer): string;
  /** Answers an `mcp_request`; undefined where MCP has no answer. */
  mcpAnswer(requestId: string, answer: object | undefined): string;
}

/** A program that answers messages, and all that depends on which one it is. */
export interface Agent {
  readonly name: AgentName;
  readonly lines: StdinLines;
  /** The program, with the arguments that come before all others. */
  program(place: ProgramPlace): readonly string[];
  /** The arguments behind it. Throws SETTINGS_INVALID for a value that would become a flag. */
  argv(invocation: AgentInvocation): string[];
  /** What the agent can be told of a schema; all of it is checked when the answer is here. */
  narrowSchema(schema: Record<string, unknown>): Promise<object>;
  environment(base: NodeJS.ProcessEnv, facts: TurnFacts): Record<string, string>;
  /** What one line of its stdout says; nothing for what is not known. Never throws. */
  parse(line: string): AgentEvent[];
  /** Whether its sums of usage go on over all processes of a conversation. */
  carriesSums(version: string | null): boolean;
  classify(facts: FailureFacts): Failure;
}
