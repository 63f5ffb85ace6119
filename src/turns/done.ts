import type { LoggedAnswer } from '../agents/answer/answer-source.ts';
import type { ErrorCode } from '../errors.ts';
import { EXIT_STATUS } from '../errors.ts';
import type { DoneOutput, ErrorRecord, StartRecord } from '../model/records.ts';
import { toTimeOrNull, toToolCallRecord } from '../model/to-record.ts';
import type { TurnEnd } from '../store/store.ts';
import { cacheReadRatio } from '../model/model.ts';
import type { Continuity, Session, Turn } from '../model/model.ts';
import type { TurnFailure } from './turn-end.ts';

type End = Omit<TurnEnd, 'answer' | 'toolCalls' | 'agentSession'>;

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

/** The failure of a turn as a record, if it failed or, with `failOnDenied`, had a tool denied. */
export function tellError(
  session: Session,
  turn: Turn,
  end: End,
  failure: Pick<TurnFailure, 'code' | 'message' | 'hint' | 'retryAt'> | null,
  failOnDenied: boolean,
): ErrorRecord[] {
  const names = [...new Set(end.permissionDenials.map(({ tool_name }) => tool_name))];
  const denied = failOnDenied && names.length > 0;
  const told: typeof failure | undefined =
    failure ??
    (denied
      ? {
          code: 'PERMISSION_DENIED' as const,
          message: `The agent was denied: ${names.join(', ')}.`,
          hint: 'Allow it with the setting permissions.user.allow, or use power mode.',
        }
      : undefined);
  if (told === undefined || told === null) return [];
  return [
    {
      type: 'error',
      session_id: session.id,
      turn_id: turn.id,
      code: told.code,
      message: told.message,
      hint: told.hint ?? null,
      retry_at: toTimeOrNull(told.retryAt ?? null),
      exit_status: EXIT_STATUS[told.code],
    },
  ];
}

/** The exit status a turn's end means to a script. */
export function exitStatusOf(
  end: Pick<End, 'errorCode' | 'permissionDenials'>,
  failOnDenied: boolean,
): number {
  if (end.errorCode !== null) return EXIT_STATUS[end.errorCode as ErrorCode] ?? 1;
  return failOnDenied && end.permissionDenials.length > 0 ? EXIT_STATUS.PERMISSION_DENIED : 0;
}

/** The last record of a turn. */
export function tellDone(
  session: Session,
  turn: Turn,
  end: End,
  answer: Pick<LoggedAnswer, 'pieces' | 'toolCalls' | 'outcome'> | undefined,
  failOnDenied: boolean,
): DoneOutput {
  const isLong = (answer?.outcome.length ?? 0) > WHOLE_CHARS;
  const pieces = answer?.pieces() ?? [];
  return {
    type: 'done',
    session_id: session.id,
    turn_id: turn.id,
    status: end.status,
    tool_calls: [...(answer?.toolCalls() ?? [])].map(toToolCallRecord),
    permission_denials: end.permissionDenials,
    usage: end.usage,
    usage_by_model: end.usageByModel,
    cache_read_ratio: cacheReadRatio(end.usage),
    cost_usd: end.costUsd,
    session_cost_usd: session.costUsd,
    num_turns: end.numTurns,
    duration_ms: end.durationMs,
    ttft_ms: end.ttftMs,
    exit_code: exitStatusOf(end, failOnDenied),
    text: isLong ? pieces : [...pieces].join(''),
  };
}
