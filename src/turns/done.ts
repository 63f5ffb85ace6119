import type { LoggedAnswer } from '../agents/answer/answer-source.ts';
import type { ErrorCode } from '../errors.ts';
import { EXIT_STATUS } from '../errors.ts';
import type { DoneOutput, ErrorRecord, StartRecord } from '../model/records.ts';
import { toTimeOrNull, toToolCallRecord } from '../model/to-record.ts';
import type { TurnEnd } from '../store/turn-store.ts';
import { cacheReadRatio } from '../model/usage.ts';
import type { Continuity, Session, ToolCall, Turn, TurnLimits } from '../model/model.ts';
import { roundUsd } from '../model/usd.ts';
import type { TurnFailure } from './turn-end.ts';

/** The fields of a turn's end that records need. */
type End = Pick<
  TurnEnd,
  | 'status'
  | 'errorCode'
  | 'permissionDenials'
  | 'usage'
  | 'usageByModel'
  | 'costUsd'
  | 'numTurns'
  | 'durationMs'
  | 'ttftMs'
  | 'output'
>;
type Failure = Pick<TurnFailure, 'code' | 'message' | 'hint' | 'retryAt'>;

/** A longer answer is printed in pieces, which are read from the log again. */
const WHOLE_CHARS = 1 << 20;

/** The `start` record of a turn whose agent printed no `init`. */
export function buildStart(session: Session, turn: Turn, continuity: Continuity): StartRecord {
  return {
    type: 'start',
    session_id: session.id,
    turn_id: turn.id,
    schema_version: 1,
    agent: session.agent,
    agent_version: null,
    model: session.model,
    mode: session.mode,
    study: session.study,
    continuity,
    mcp_servers: [],
  };
}

/** The `error` record of a turn that failed or, with `failOnDenied`, had a denied tool. */
export function buildErrors(turn: Turn, end: End, failure: Failure | null): ErrorRecord[] {
  const names = [...new Set(end.permissionDenials.map(({ tool_name }) => tool_name))];
  const denied = turn.limits.failOnDenied === true && names.length > 0;
  const told: typeof failure | undefined =
    failure ??
    (denied
      ? {
          code: 'PERMISSION_DENIED' as const,
          message: `The agent was denied: ${names.join(', ')}.`,
          hint: 'Allow it with the setting permissions.user.allow, or use power mode.',
        }
      : undefined);
  return told === undefined || told === null ? [] : [buildFailure(turn, told)];
}

/** The `error` record of a failure. */
function buildFailure(
  { id, sessionId }: Pick<Turn, 'id' | 'sessionId'>,
  { code, message, hint, retryAt }: Failure,
): ErrorRecord {
  return {
    type: 'error',
    session_id: sessionId,
    turn_id: id,
    code,
    message,
    hint: hint ?? null,
    retry_at: toTimeOrNull(retryAt ?? null),
    exit_status: exitStatus(code),
  };
}

/** The exit status for a turn's end. */
export function exitStatusOf(
  end: Pick<End, 'errorCode' | 'permissionDenials'>,
  { failOnDenied = false }: TurnLimits,
): number {
  if (end.errorCode !== null) return exitStatus(end.errorCode as ErrorCode);
  return failOnDenied && end.permissionDenials.length > 0 ? EXIT_STATUS.PERMISSION_DENIED : 0;
}

/** The exit status of a code, which may come from another version. */
function exitStatus(code: ErrorCode): number {
  return EXIT_STATUS[code] ?? 1;
}

/** The fields of `done` besides those of the turn's end. */
interface Said {
  toolCalls: Iterable<Omit<ToolCall, 'turnId'>>;
  text: DoneOutput['text'];
  sessionCostUsd: number;
}

/** The `done` record of a turn. */
export function buildDone(
  { id, sessionId, limits }: Pick<Turn, 'id' | 'sessionId' | 'limits'>,
  end: End,
  { toolCalls, text, sessionCostUsd }: Said,
): DoneOutput {
  return {
    type: 'done',
    session_id: sessionId,
    turn_id: id,
    status: end.status,
    tool_calls: [...toolCalls].map(toToolCallRecord),
    permission_denials: end.permissionDenials,
    usage: end.usage,
    usage_by_model: end.usageByModel,
    cache_read_ratio: cacheReadRatio(end.usage),
    cost_usd: end.costUsd,
    session_cost_usd: roundUsd(sessionCostUsd),
    num_turns: end.numTurns,
    duration_ms: end.durationMs,
    ttft_ms: end.ttftMs,
    output: end.output,
    exit_code: exitStatusOf(end, limits),
    text,
  };
}

/** The text for `done`: a string, or pieces when it is long. */
export function textOf(answer: Pick<LoggedAnswer, 'pieces' | 'outcome'> | undefined): DoneOutput['text'] {
  const pieces = answer?.pieces() ?? [];
  return (answer?.outcome.length ?? 0) > WHOLE_CHARS ? pieces : [...pieces].join('');
}
