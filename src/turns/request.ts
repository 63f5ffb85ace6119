import { SessionError } from '../errors.ts';
import { asksUser, checkAsk } from './ask.ts';
import type { Settings } from '../settings/schema.ts';
import type { Effort, Session, TurnLimits } from '../model/model.ts';

/** The longest message an agent takes (CONTRACT §l), in bytes. */
const MAX_MESSAGE_BYTES = 12 << 20;

/** What a turn's agent is started with in the place of what the session has. */
export interface AgentChoice {
  model?: string | undefined;
  effort?: Effort | undefined;
  fallbackModel?: string | undefined;
  /** Besides those of the session; as `resolveAddedDirs` gives them. */
  addedDirs?: readonly string[] | undefined;
}

/** One message, and what its turn is to respect. */
export interface SendRequest {
  message: string;
  /** Lets the agent act on a leading /command and on @files in the message. */
  expand: boolean;
  limits: TurnLimits;
  /** How long to wait for the turns before it; 0 not to wait. */
  waitMs: number;
  /** How long to wait for the end of usage limits and overloads; 0 not to wait. */
  waitLimitMs: number;
  maxRetries: number | null;
  agent?: AgentChoice;
  /** Whether the agent is to stay up after the turn, and for how long without another. */
  warm: boolean;
  idleMs: number;
  requireMcp: boolean;
  failOnDenied: boolean;
  /** Where to keep a copy of the agent's raw stream. */
  recordPath: string | null;
}

/** What a command line says of a turn; undefined is for the session and the settings to say. */
export interface RequestFlags {
  timeoutMs: number | undefined;
  stallTimeoutMs: number | undefined;
  maxTurns: number | undefined;
  maxBudgetUsd: number | undefined;
  waitMs: number | undefined;
  waitLimitMs: number | undefined;
  maxRetries: number | undefined;
  agent?: AgentChoice;
  ask: boolean | undefined;
  askTimeoutMs: number | undefined;
  warm: boolean | undefined;
  idleMs: number | undefined;
  requireMcp: boolean | undefined;
  failOnDenied: boolean;
  expand: boolean;
  schema: Record<string, unknown> | undefined;
  recordPath: string | null;
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
    expand: flags.expand,
    limits: {
      timeoutMs: flags.timeoutMs ?? settings.timeout ?? null,
      stallTimeoutMs: flags.stallTimeoutMs ?? settings.stallTimeout,
      maxTurns: flags.maxTurns ?? settings.maxTurns ?? null,
      maxBudgetUsd: flags.maxBudgetUsd ?? settings.maxBudgetUsd ?? null,
      ...(settings.maxDailyUsd !== undefined && { maxDailyUsd: settings.maxDailyUsd }),
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
    failOnDenied: flags.failOnDenied,
    recordPath: flags.recordPath,
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

/** Whether a turn is for a warm agent. Limits of one turn can't be told an agent that is up already. */
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
