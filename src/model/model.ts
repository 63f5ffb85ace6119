/** The nouns of the tool, which all directories share. Times are milliseconds since the epoch, money is US dollars. */

import type { AgentContext } from './agent-context.ts';
import type { MessageFile } from './message-file.ts';
import type { Usage, UsageByModel } from './usage.ts';

export const MODES = ['user', 'power'] as const;
export type Mode = (typeof MODES)[number];

export const AGENTS = ['claude', 'mock'] as const;
export type AgentName = (typeof AGENTS)[number];

export const ROLES = ['user', 'assistant'] as const;
export type Role = (typeof ROLES)[number];

/**
 * How a turn continues the agent's conversation: it begins one, the agent resumes it, we replay our history, or the
 * process still runs.
 */
export const CONTINUITIES = ['new', 'resume', 'replay', 'warm'] as const;
export type Continuity = (typeof CONTINUITIES)[number];

/** The effort of the agent's reasoning, in claude's words. */
export const EFFORTS = ['low', 'medium', 'high', 'xhigh', 'max'] as const;
export type Effort = (typeof EFFORTS)[number];

/** How a turn ended. */
export const OUTCOMES = ['completed', 'failed', 'interrupted', 'timed_out', 'limit'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** The state of a turn: waiting for earlier ones, running, or ended. */
export const TURN_STATUSES = ['queued', 'running', ...OUTCOMES] as const;
export type TurnStatus = (typeof TURN_STATUSES)[number];

export const SESSION_STATES = ['idle', 'running', 'warm', 'trashed'] as const;
export type SessionState = (typeof SESSION_STATES)[number];

/** A text attached to a session with `--context`, as it was then. */
export interface Attachment {
  path: string;
  content: string;
}

export interface Session {
  /** 8 hexadecimal characters. */
  id: string;
  name: string | null;
  mode: Mode;
  /** Absolute, with symbolic links resolved; the agent's working directory. */
  root: string;
  study: string | null;
  agent: AgentName;
  model: string | null;
  effort: Effort | null;
  /** Models to use when the first is overloaded, in order, separated by commas. */
  fallbackModel: string | null;
  /** Directories outside the root that the agent may use; absolute, with symbolic links resolved. */
  addedDirs: string[];
  /** The agent's id of the conversation (a UUID), once the agent has confirmed it. */
  agentSessionId: string | null;
  /** The first turn in the agent's transcript. Earlier ones are replayed. */
  agentSinceTurn: number | null;
  /** What that conversation was told in addition to the messages. */
  agentContext: AgentContext | null;
  /** The agent's usage totals of that conversation at its last result. */
  agentSpent: UsageByModel | null;
  /** Where a forked session begins, until it has its own agent session. */
  fork: ForkOrigin | null;
  systemPrompt: string | null;
  attachments: Attachment[];
  /** What was given with `--mcp-config`: absolute paths, or JSON. */
  mcpConfigs: string[];
  warm: boolean;
  /** Whether a tool call that no rule allows waits for the user's answer instead of being denied. */
  ask: boolean;
  /** Permission rules that `approve --always` has added, in the agent's syntax. */
  allowedTools: string[];
  pinned: boolean;
  tags: Record<string, string>;
  budgetUsd: number | null;
  createdAt: number;
  lastActiveAt: number;
  trashedAt: number | null;
  messageCount: number;
  turnCount: number;
  costUsd: number;
}

/** The default values of a new session. */
export const NEW_SESSION = {
  name: null,
  mode: 'user',
  study: null,
  agent: 'claude',
  model: null,
  effort: null,
  fallbackModel: null,
  addedDirs: [],
  systemPrompt: null,
  attachments: [],
  mcpConfigs: [],
  warm: false,
  ask: false,
  allowedTools: [],
  pinned: false,
  tags: {},
  budgetUsd: null,
} satisfies Partial<Session>;

/** The fields of a session without an agent conversation. */
export const NO_AGENT_CONVERSATION = {
  agentSessionId: null,
  agentSinceTurn: null,
  agentContext: null,
  agentSpent: null,
  fork: null,
} satisfies Partial<Session>;

/** The fields of the agent's conversation except its id. */
export const AGENT_DETAILS = ['agentSinceTurn', 'agentContext', 'agentSpent', 'fork'] as const;
/** Fields that may be long, or are internal. */
export const SESSION_DETAILS = [
  ...AGENT_DETAILS,
  'systemPrompt',
  'attachments',
  'mcpConfigs',
  'addedDirs',
  'allowedTools',
] as const;

/** A session without its long fields, for lists. */
export type SessionSummary = Omit<Session, (typeof SESSION_DETAILS)[number]>;

/** The conversation of another session that a fork's agent copies. */
export interface ForkOrigin {
  sessionId: string;
  /** The last turn of the fork's history. */
  turnId: number;
  agentSessionId: string;
  /** The first turn of the new session in the agent's conversation. */
  sinceTurn: number;
}

/** The limits of a turn. They are stored with it, so that any process can finish it. */
export interface TurnLimits {
  /** The time limit of the turn from its start. */
  timeoutMs: number | null;
  stallTimeoutMs: number;
  maxTurns: number | null;
  maxBudgetUsd: number | null;
  /** The limit of the cost of all turns of a day. */
  maxDailyUsd?: number | undefined;
  /** The part of the day's limit that is reserved for this turn until it ends. */
  reservedUsd?: number | undefined;
  /** How long a tool call that no rule allows waits for the user's answer. Without it such a call is denied. */
  askTimeoutMs?: number | undefined;
  /** Whether a denied tool call makes the exit status 5. */
  failOnDenied?: boolean | undefined;
  /** The JSON Schema of the answer. */
  schema?: Record<string, unknown> | undefined;
  /** What to mask in everything that is written about the turn. */
  redact?: Redaction | undefined;
}

/** Which secrets are masked, and where. */
export interface Redaction {
  /** Sources of regular expressions; null for the built-in patterns. */
  patterns: readonly string[] | null;
  /** Whether the printed answer is masked too. */
  stream: boolean;
}

export interface Turn {
  /** Grows over all sessions, in the order of arrival. */
  id: number;
  sessionId: string;
  status: TurnStatus;
  /** The process that runs the turn (see system/owner.ts). */
  owner: string | null;
  continuity: Continuity | null;
  limits: TurnLimits;
  /** The error that ended it, as in the `error` record. */
  errorCode: string | null;
  errorMessage: string | null;
  /** When the usage limit ends, for a turn that failed because of it. */
  retryAt: number | null;
  usage: Usage | null;
  usageByModel: UsageByModel | null;
  costUsd: number;
  /** The number of model calls. */
  numTurns: number | null;
  permissionDenials: PermissionDenial[];
  /** The structured answer, when the turn had a schema and the answer matches it. */
  output: unknown;
  durationMs: number | null;
  ttftMs: number | null;
  model: string | null;
  agentVersion: string | null;
  exitCode: number | null;
  queuedAt: number;
  startedAt: number | null;
  endedAt: number | null;
}

export interface PermissionDenial {
  tool_name: string;
  tool_use_id: string;
  tool_input: unknown;
}

export interface ToolCall {
  /** The agent's id of the call (`toolu_…`). */
  id: string;
  turnId: number;
  name: string;
  input: unknown;
  /** The result as text; null without a result. */
  result: string | null;
  isError: boolean;
  denied: boolean;
  /** The number of characters of the answer before the call. */
  textOffset: number;
}

/** At most two a turn: `2 × turn id` is the user's, the next number the assistant's. */
export interface Message {
  id: number;
  sessionId: string;
  turnId: number;
  role: Role;
  content: string;
  /** Set when `content` is only the beginning of a long one. The store's `readContent` returns all of it. */
  isCut?: true;
  status: TurnStatus;
  files: MessageFile[];
  toolCalls: ToolCall[];
  /** The structured answer of its turn; null without one. */
  output: unknown;
  costUsd: number;
  createdAt: number;
}
