import type { LoggedAnswer } from '../agents/answer/answer-source.ts';
import type { ErrorCode } from '../errors.ts';
import { EXIT_STATUS } from '../errors.ts';
import type { DoneOutput, ErrorRecord, StartRecord } from '../model/records.ts';
import { toTimeOrNull, toToolCallRecord } from '../model/to-record.ts';
import type { TurnEnd } from '../store/turn-store.ts';
import { cacheReadRatio } from '../model/model.ts';
import type { Continuity, Session, ToolCall, Turn, TurnLimits } from '../model/model.ts';
import type { TurnFailure } from './turn-end.ts';

/** What is told of a turn's end. */
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

/** Beyond this the answer goes out in pieces, read from the log again. */
const WHOLE_CHARS = 1 << 20;

/** The `start` of a turn whose agent never said its own. */
export function tellStart(session: Session, turn: Turn, continuity: Continuity): StartRecord {
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

/** The failure of a turn as a record, if it failed or had a tool denied that it was not to be. */
export function tellError(turn: Turn, end: End, failure: Failure | null): ErrorRecord[] {
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
  return told === undefined || told === null ? [] : [tellFailure(turn, told)];
}

/** Why a turn did not complete, as a record. */
function tellFailure(
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

/** The exit status a turn's end means to a script. */
export function exitStatusOf(
  end: Pick<End, 'errorCode' | 'permissionDenials'>,
  { failOnDenied = false }: TurnLimits,
): number {
  if (end.errorCode !== null) return exitStatus(end.errorCode as ErrorCode);
  return failOnDenied && end.permissionDenials.length > 0 ? EXIT_STATUS.PERMISSION_DENIED : 0;
}

/** A code may be of another version. */
function exitStatus(code: ErrorCode): number {
  return EXIT_STATUS[code] ?? 1;
}

/** What `done` tells besides how the turn ended. */
interface Said {
  toolCalls: Iterable<Omit<ToolCall, 'turnId'>>;
  text: DoneOutput['text'];
  sessionCostUsd: number;
}

/** The last record of a turn. */
export function tellDone(
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
    session_cost_usd: sessionCostUsd,
    num_turns: end.numTurns,
    duration_ms: end.durationMs,
    ttft_ms: end.ttftMs,
    output: end.output,
    exit_code: exitStatusOf(end, limits),
    text,
  };
}

/** An answer as `done` has it: whole, or in pieces where it is long. */
export function textOf(answer: Pick<LoggedAnswer, 'pieces' | 'outcome'> | undefined): DoneOutput['text'] {
  const pieces = answer?.pieces() ?? [];
  return (answer?.outcome.length ?? 0) > WHOLE_CHARS ? pieces : [...pieces].join('');
}
