import { SessionError } from '../errors.ts';
import { asksUser, checkAsk } from './ask.ts';
import type { Settings } from '../settings/schema.ts';
import type { Effort, Session, TurnLimits } from '../model/model.ts';
import type { NewFile } from '../model/message-file.ts';

/** The longest message that an agent accepts, in bytes. */
const MAX_MESSAGE_BYTES = 12 << 20;

/** Options for a turn's agent that replace those of the session. */
export interface AgentChoice {
  model?: string | undefined;
  effort?: Effort | undefined;
  fallbackModel?: string | undefined;
  /** In addition to those of the session, as `resolveAddedDirs` returns them. */
  addedDirs?: readonly string[] | undefined;
}

/** One message, with the options of its turn. */
export interface SendRequest {
  message: string;
  /** The files of the message. For a turn that is queued already, the contents are in the store. */
  files: readonly NewFile[];
  /** Lets the agent act on a leading /command and on @files in the message. */
  expand: boolean;
  limits: TurnLimits;
  /** How long to wait for earlier turns; 0 means not to wait. */
  waitMs: number;
  /** How long to wait for the end of usage limits and overloads; 0 means not to wait. */
  waitLimitMs: number;
  maxRetries: number | null;
  agent?: AgentChoice;
  /** Whether the agent keeps running after the turn, and for how long without another turn. */
  warm: boolean;
  idleMs: number;
  requireMcp: boolean;
  /** Where to keep a copy of the agent's raw stream. */
  recordPath: string | null;
}

/** The options of a turn. What is left out comes from the session and the settings. */
export interface RequestFlags {
  /** How long the turn may take. */
  timeoutMs?: number | undefined;
  /** How long the agent may be silent. */
  stallTimeoutMs?: number | undefined;
  /** How many model calls the turn may make. */
  maxTurns?: number | undefined;
  /** What the turn may cost. */
  maxBudgetUsd?: number | undefined;
  /** How long to wait for turns before this one; 0 not to wait. */
  waitMs?: number | undefined;
  /** How long to wait for the end of a usage limit or overload before the turn continues. */
  waitLimitMs?: number | undefined;
  /** How often a failed API call is repeated. */
  maxRetries?: number | undefined;
  agent?: AgentChoice | undefined;
  /** Lets tool calls that nothing allows wait for an answer, instead of denying them. */
  ask?: boolean | undefined;
  askTimeoutMs?: number | undefined;
  /** Keeps the agent up after the turn, for the next one; false answers with a fresh process. */
  warm?: boolean | undefined;
  /** How long a warm agent stays up without a turn. */
  idleMs?: number | undefined;
  /** Fails when an MCP server is not connected. */
  requireMcp?: boolean | undefined;
  /** Lets a denied tool fail the turn. */
  failOnDenied?: boolean | undefined;
  /** Lets the agent act on a leading /command and on @files in the message. */
  expand?: boolean | undefined;
  /** The JSON Schema of a structured answer. */
  schema?: Record<string, unknown> | undefined;
  /** What is sent with the message. */
  files?: readonly NewFile[] | undefined;
  /** Where to keep a copy of the agent's raw stream. */
  recordPath?: string | undefined;
}

/** Where the flags say nothing, the session and the settings do. Throws USAGE for flags that don't fit the session. */
export function completeRequest(
  message: string,
  flags: RequestFlags,
  settings: Settings,
  session: Session,
): SendRequest {
  checkAsk(flags.ask, session);
  const asks = flags.ask ?? asksUser(session);
  return {
    message,
    files: flags.files ?? [],
    expand: flags.expand ?? false,
    limits: {
      timeoutMs: flags.timeoutMs ?? settings.timeout ?? null,
      stallTimeoutMs: flags.stallTimeoutMs ?? settings.stallTimeout,
      maxTurns: flags.maxTurns ?? settings.maxTurns ?? null,
      maxBudgetUsd: flags.maxBudgetUsd ?? settings.maxBudgetUsd ?? null,
      ...(settings.maxDailyUsd !== undefined && { maxDailyUsd: settings.maxDailyUsd }),
      ...(flags.failOnDenied && { failOnDenied: true }),
      ...(flags.schema && { schema: flags.schema }),
      ...(asks && { askTimeoutMs: flags.askTimeoutMs ?? settings.askTimeout }),
    },
    waitMs: flags.waitMs ?? settings.wait,
    waitLimitMs: flags.waitLimitMs ?? 0,
    maxRetries: flags.maxRetries ?? settings.maxRetries ?? null,
    ...(flags.agent && { agent: flags.agent }),
    warm: flags.warm ?? session.warm,
    idleMs: flags.idleMs ?? settings.idle,
    requireMcp: flags.requireMcp ?? settings.mcp.require,
    recordPath: flags.recordPath ?? null,
  };
}

/** The session as one turn has it. */
export function sessionOfTurn(session: Session, { agent = {} }: Pick<SendRequest, 'agent'>): Session {
  return {
    ...session,
    model: agent.model ?? session.model,
    effort: agent.effort ?? session.effort,
    fallbackModel: agent.fallbackModel ?? session.fallbackModel,
    addedDirs: [...new Set([...session.addedDirs, ...(agent.addedDirs ?? [])])],
  };
}

/** Whether a warm agent can run a turn. A running agent can't get the limits of one turn. */
export function isForWarmAgent({ warm, limits }: SendRequest): boolean {
  const { maxBudgetUsd, maxTurns, maxDailyUsd } = limits;
  return warm && maxBudgetUsd === null && maxTurns === null && maxDailyUsd === undefined;
}

/** Throws USAGE for a message that no agent takes. */
export function checkMessage(message: string): void {
  if (message.trim() === '')
    throw new SessionError('USAGE', 'The message is empty.', {
      hint: 'Give it as arguments, with --file, or on stdin.',
    });
  const bytes = Buffer.byteLength(message);
  if (bytes > MAX_MESSAGE_BYTES)
    throw new SessionError('USAGE', `The message has ${bytes} bytes; the most is ${MAX_MESSAGE_BYTES}.`, {
      hint: 'Put it into a file below the root and name the file in the message.',
    });
}
