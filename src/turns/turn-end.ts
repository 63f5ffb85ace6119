import { existsSync } from 'node:fs';
import { openAnswer, readAnswer } from '../agents/answer/answer-source.ts';
import type { LoggedAnswer } from '../agents/answer/answer-source.ts';
import type { AnswerText } from '../agents/answer/answer-text.ts';
import { findAgent } from '../agents/table.ts';
import type { AgentResult } from '../agents/events.ts';
import type { ErrorCode } from '../errors.ts';
import type { Paths } from '../settings/paths.ts';
import type { TurnEnd } from '../store/turn-store.ts';
import type { Outcome, Turn } from '../model/model.ts';
import { redactAnswer, redactEnd, redactFailure } from './redact.ts';
import type { AgentTrace } from './run-files.ts';
import type { StopReason } from './stop-request.ts';
import { STOP_REASONS } from './stop-request.ts';
import { foldOptions } from './supervise.ts';
import type { Ended } from './supervise.ts';
import { UUID } from '../text/uuid.ts';

/** Why a turn did not complete, for the `error` record. */
export interface TurnFailure {
  status: Exclude<Outcome, 'completed'>;
  code: ErrorCode;
  message: string;
  hint: string | undefined;
  /** When a new attempt may succeed, in milliseconds since 1970, if known. */
  retryAt?: number | null;
}

/** What is known at the end of a turn. */
export interface Ending {
  turn: Turn;
  /** Undefined when no agent was started. */
  trace: AgentTrace | undefined;
  ended: Ended | undefined;
  /** The text, if this process has read all of it. */
  text?: AnswerText | undefined;
  stopReason: StopReason | undefined;
  /** A failure of our own, which then is the reason of the end. */
  failure: TurnFailure | undefined;
}

/**
 * Decides how the turn ended: by the agent's result, unless a required MCP server is missing. Without a successful
 * result, by our stop request or the agent's error.
 */
async function judge({
  turn,
  trace,
  ended,
  stopReason,
  failure,
}: Omit<Ending, 'text'>): Promise<TurnFailure | null> {
  if (stopReason !== 'mcp' && ended?.outcome.result?.isError === false)
    return await judgeOutput(turn, ended.outcome.result);
  if (failure !== undefined) return failure;
  if (stopReason !== undefined) return { ...STOP_REASONS[stopReason], hint: undefined };
  if (ended === undefined)
    return {
      status: 'interrupted',
      code: 'INTERRUPTED',
      message: 'The process that ran the turn ended before the turn did.',
      hint: undefined,
    };
  const { reason, code, message, hint, retryAt } = findAgent(trace!.agent).classify({
    result: ended.outcome.result,
    retryAt: ended.outcome.retryAt,
    stderr: ended.stderr,
    exit: ended.exit,
  });
  const isLimit = ['TURN_LIMIT', 'BUDGET_EXCEEDED', 'LIMIT_REACHED'].includes(code);
  return {
    status: reason === 'interrupted' ? 'interrupted' : isLimit ? 'limit' : 'failed',
    code,
    message,
    hint,
    retryAt,
  };
}

async function judgeOutput({ limits }: Turn, { output }: AgentResult): Promise<TurnFailure | null> {
  if (limits.schema === undefined) return null;
  const { findOutputFailure } = await import('./output-schema.ts');
  return (await findOutputFailure(limits.schema, output)) ?? null;
}

/** A turn's end for the store, with the answer in its log. */
export interface Built {
  end: TurnEnd;
  failure: TurnFailure | null;
  /** The structured answer, not masked. */
  output: unknown;
  answer: LoggedAnswer | undefined;
}

/** Determines how a turn ended, in the same way live and in recovery. */
export async function buildEnd(ending: Ending): Promise<Built> {
  const { turn, trace, ended, text } = ending;
  const answer = trace && openLog(trace, ended, text);
  const outcome = answer?.outcome;
  const result = outcome?.result ?? null;
  const seen: Ended | undefined =
    ended ?? (outcome?.result ? { outcome, exit: null, stderr: '', ttftMs: null, logEnd: 0 } : undefined);
  const judged = await judge({ ...ending, ended: seen });
  const failure = judged && redactFailure(judged, turn.limits);
  const stored = answer && redactAnswer(answer, turn.limits);
  const output = judged === null ? (result?.output ?? null) : null;
  const endedAt = Date.now();
  const end: TurnEnd = {
    status: failure?.status ?? 'completed',
    continuity: trace?.continuity ?? null,
    answer: { [Symbol.iterator]: () => (stored?.pieces() ?? [])[Symbol.iterator]() },
    toolCalls: { [Symbol.iterator]: () => (stored?.toolCalls() ?? [])[Symbol.iterator]() },
    errorCode: failure?.code ?? null,
    errorMessage: failure?.message ?? null,
    retryAt: failure?.retryAt ?? null,
    usage: outcome?.spent.usage ?? null,
    usageByModel: outcome?.spent.byModel ?? null,
    costUsd: outcome?.spent.costUsd ?? 0,
    numTurns: result?.numTurns ?? null,
    permissionDenials: outcome?.permissionDenials ?? [],
    output,
    durationMs: endedAt - (turn.startedAt ?? turn.queuedAt),
    ttftMs: ended?.ttftMs ?? result?.ttftMs ?? null,
    model: outcome?.init?.model ?? null,
    agentVersion: outcome?.init?.agentVersion ?? null,
    exitCode: ended?.exit?.code ?? null,
    endedAt,
    agentSession:
      outcome?.init && trace && UUID.test(outcome.init.agentSessionId)
        ? {
            id: outcome.init.agentSessionId,
            sinceTurn: trace.sinceTurn,
            context: trace.context && {
              ...trace.context,
              model: trace.context.model ?? (trace.isModelChosen === true ? null : outcome.init.model),
            },
            isCompacted: outcome.isCompacted,
            spent: result?.totalUsage ?? null,
          }
        : null,
  };
  return { end: redactEnd(end, turn.limits), failure, output, answer };
}

/** Opens the answer. A log that was followed to its end is not read again. */
function openLog(trace: AgentTrace, ended: Ended | undefined, text: AnswerText | undefined): LoggedAnswer {
  const { logPath, logStart: start } = trace;
  if (ended === undefined) return readAnswer(logPath, { start }, foldOptions(trace));
  const answer = openAnswer(logPath, { start, end: ended.logEnd }, ended.outcome, foldOptions(trace));
  return text === undefined ? answer : { ...answer, pieces: () => text.pieces() ?? answer.pieces() };
}

/** The stop reason of this process, or else of another process that cancelled the turn. */
export function findStopReason(
  paths: Paths,
  turn: Turn,
  own: StopReason | undefined,
): StopReason | undefined {
  return own ?? (existsSync(paths.cancelMark(turn.sessionId, turn.id)) ? 'cancel' : undefined);
}
