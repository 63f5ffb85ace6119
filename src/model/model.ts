/**
 * The nouns of the tool, as every room shares them. Times are milliseconds since the epoch, money is US dollars.
 */

export const MODES = ['user', 'power'] as const;
export type Mode = (typeof MODES)[number];

export const AGENTS = ['claude', 'mock'] as const;
export type AgentName = (typeof AGENTS)[number];

export const ROLES = ['user', 'assistant'] as const;
export type Role = (typeof ROLES)[number];

/** How a turn reaches the agent: its first, by the agent's own resume, from our history, or in a process still up. */
export const CONTINUITIES = ['new', 'resume', 'replay', 'warm'] as const;
export type Continuity = (typeof CONTINUITIES)[number];

/** How hard the agent thinks, as claude spells it. */
export const EFFORTS = ['low', 'medium', 'high', 'xhigh', 'max'] as const;
export type Effort = (typeof EFFORTS)[number];

/** How a turn ended. */
export const OUTCOMES = ['completed', 'failed', 'interrupted', 'timed_out', 'limit'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** Where a turn is: waiting behind another, with the agent, or ended. */
export const TURN_STATUSES = ['queued', 'running', ...OUTCOMES] as const;
export type TurnStatus = (typeof TURN_STATUSES)[number];

export const SESSION_STATES = ['idle', 'running', 'warm', 'trashed'] as const;
export type SessionState = (typeof SESSION_STATES)[number];

/** A text attached to a session with `--context`, kept as it was then. */
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
  /** Models that answer where the first is overloaded, in their order, parted by commas. */
  fallbackModel: string | null;
  /** Directories beside the root that the agent may work in; absolute, with symbolic links resolved. */
  addedDirs: string[];
  /** The agent's own id of the conversation (a UUID), once it has confirmed one. */
  agentSessionId: string | null;
  /** The first turn that the agent's own transcript holds; earlier ones reach it by replay. */
  agentSinceTurn: number | null;
  /** What that conversation was told besides the messages. */
  agentContext: AgentContext | null;
  /** What it had used in all at its last result, as the agent said it. */
  agentSpent: UsageByModel | null;
  /** What a forked session is to begin from, as long as it has no agent session of its own. */
  fork: ForkOrigin | null;
  systemPrompt: string | null;
  attachments: Attachment[];
  /** What was given with `--mcp-config`: absolute paths, or JSON. */
  mcpConfigs: string[];
  warm: boolean;
  /** Whether a tool call that nothing allows waits for an answer of the user instead of being denied. */
  ask: boolean;
  /** Permission rules that `approve --always` has added, as the agent spells them. */
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

/** What a session has that nothing was said of. */
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

/** What a session has of an agent's side as long as it is to begin a new conversation there. */
export const NO_AGENT_CONVERSATION = {
  agentSessionId: null,
  agentSinceTurn: null,
  agentContext: null,
  agentSpent: null,
  fork: null,
} satisfies Partial<Session>;

/** The parts of a system prompt, in their order; each is empty where there is nothing to say. */
export const PROMPT_PARTS = ['identity', 'project', 'notes', 'attachments', 'study', 'history'] as const;
export type PromptPart = (typeof PROMPT_PARTS)[number];
export type PromptParts = Record<PromptPart, string>;

/** What an agent conversation was told besides the messages. */
export interface AgentContext {
  /** Its system prompt, the same as long as the conversation lasts. */
  prompt: PromptParts;
  /** Parts that have changed since, as last told in a message. */
  told: Partial<PromptParts>;
  /** The model that answered first, as the agent spells it; null where it was chosen by name. */
  model: string | null;
}

/** What a session has of its agent's side, but for the conversation's id. */
export const AGENT_DETAILS = ['agentSinceTurn', 'agentContext', 'agentSpent', 'fork'] as const;
/** What may be long, or is nobody's business but ours. */
export const SESSION_DETAILS = [
  ...AGENT_DETAILS,
  'systemPrompt',
  'attachments',
  'mcpConfigs',
  'addedDirs',
  'allowedTools',
] as const;

/** What there is to tell of a session; without what may be long, since many are told of at once. */
export type SessionSummary = Omit<Session, (typeof SESSION_DETAILS)[number]>;

/** The state of another session of which a new one's agent is to copy its conversation. */
export interface ForkOrigin {
  sessionId: string;
  /** The last turn it had. */
  turnId: number;
  agentSessionId: string;
  /** The new session's first turn that the agent's conversation holds. */
  sinceTurn: number;
}

export interface Usage {
  input_tokens: number;
  output_tokens: number;
  cache_read_input_tokens: number;
  cache_creation_input_tokens: number;
}

/** The share of the input that the prompt cache gave; null without any input. */
export function cacheReadRatio(usage: Usage | null): number | null {
  if (usage === null) return null;
  const { input_tokens, cache_read_input_tokens, cache_creation_input_tokens } = usage;
  const all = input_tokens + cache_read_input_tokens + cache_creation_input_tokens;
  return all === 0 ? null : Math.round((cache_read_input_tokens / all) * 1e4) / 1e4;
}

/** Tokens and cost of the calls of one model. */
export interface ModelUsage extends Usage {
  cost_usd: number;
}

/** By the model's full name, sub-agents included. */
export type UsageByModel = Record<string, ModelUsage>;

/** What a turn was asked to respect; kept with it, so that whoever finishes it can. */
export interface TurnLimits {
  /** How long the turn may take from its start. */
  timeoutMs: number | null;
  stallTimeoutMs: number;
  maxTurns: number | null;
  maxBudgetUsd: number | null;
  /** What all turns of a day may cost. */
  maxDailyUsd?: number | undefined;
  /** Of the day's limit, what this turn has for itself until it ends. */
  reservedUsd?: number | undefined;
  /** How long a tool call that nothing allows waits for the user's answer; without it such a call is denied. */
  askTimeoutMs?: number | undefined;
  /** Whether a denied tool call makes the exit status 5. */
  failOnDenied?: boolean | undefined;
  /** The JSON Schema that the answer is to fit. */
  schema?: Record<string, unknown> | undefined;
  /** What is masked in what is written of the turn. */
  redact?: Redaction | undefined;
}

/** Which secrets are masked, and where. */
export interface Redaction {
  /** Sources of regular expressions; null for those we come with. */
  patterns: readonly string[] | null;
  /** Whether in what is printed of the answer, too. */
  stream: boolean;
}

export interface Turn {
  /** Grows over all sessions; the arrival order of turns. */
  id: number;
  sessionId: string;
  status: TurnStatus;
  /** The process that sees the turn through (see system/owner.ts). */
  owner: string | null;
  continuity: Continuity | null;
  limits: TurnLimits;
  /** The error that ended it, as in the `error` record. */
  errorCode: string | null;
  errorMessage: string | null;
  /** When the usage limit ends that it failed at. */
  retryAt: number | null;
  usage: Usage | null;
  usageByModel: UsageByModel | null;
  costUsd: number;
  /** Model calls the agent made. */
  numTurns: number | null;
  permissionDenials: PermissionDenial[];
  /** The structured answer, where the turn had a schema and the answer fits it. */
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
  /** The agent's own id of the call (`toolu_…`). */
  id: string;
  turnId: number;
  name: string;
  input: unknown;
  /** The result as text; null when none came. */
  result: string | null;
  isError: boolean;
  denied: boolean;
  /** Characters of the answer that came before the call. */
  textOffset: number;
}

/** What files of messages may be. */
export const MEDIA_TYPES = [
  'image/png',
  'image/jpeg',
  'image/gif',
  'image/webp',
  'application/pdf',
  'text/plain',
] as const;
export type MediaType = (typeof MEDIA_TYPES)[number];

/** A file that was sent with a message. Files of one content, by its SHA-256, are kept once. */
export interface MessageFile {
  name: string;
  mediaType: MediaType;
  bytes: number;
  sha256: string;
}

/** A file on its way into a message or out of it, with its content in base64. */
export interface NewFile extends Pick<MessageFile, 'name' | 'mediaType'> {
  content: string;
}

/** At most two a turn: `2 × turn id` is the user's, the next number the assistant's. */
export interface Message {
  id: number;
  sessionId: string;
  turnId: number;
  role: Role;
  content: string;
  /** There when `content` is only the beginning of a long one; the store's `readContent` has all of it. */
  isCut?: true;
  status: TurnStatus;
  files: MessageFile[];
  toolCalls: ToolCall[];
  /** The structured answer of its turn; null where there is none. */
  output: unknown;
  costUsd: number;
  createdAt: number;
}
