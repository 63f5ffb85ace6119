import { randomUUID } from 'node:crypto';
import { resultUsage } from './records.ts';
import type { TokenUsage } from './spend.ts';

export interface PermissionDenial {
  tool_name: string;
  tool_use_id: string;
  tool_input: unknown;
}

export interface ResultFacts {
  durationMs: number;
  /** When the first text came; left out when none did. */
  ttftMs?: number | undefined;
  numTurns: number;
  stopReason: string | null;
  totalCostUsd: number;
  usage?: TokenUsage;
  modelUsage?: object;
  denials?: readonly PermissionDenial[];
}

/** How a turn ended: with an answer (an API failure is one too, in claude's eyes), or without one. */
export type Ending =
  | { result: string; isError: boolean; apiErrorStatus?: number | null; terminalReason?: string }
  | { subtype: string; errors: string[]; terminalReason?: string };

/** The last line of a turn. Its cost is that of the process so far, its usage that of the turn. */
export function resultRecord(sessionId: string, facts: ResultFacts, ending: Ending): object {
  const duration = { duration_ms: facts.durationMs, duration_api_ms: facts.durationMs };
  const ttft =
    facts.ttftMs === undefined
      ? {}
      : { ttft_ms: facts.ttftMs, ttft_stream_ms: facts.ttftMs, time_to_request_ms: 0 };
  const answered = 'result' in ending;
  const head = answered
    ? {
        subtype: 'success',
        is_error: ending.isError,
        api_error_status: ending.apiErrorStatus ?? null,
        ...duration,
        ...ttft,
      }
    : { subtype: ending.subtype, ...duration, is_error: true };
  return {
    type: 'result',
    ...head,
    num_turns: facts.numTurns,
    ...(answered ? { result: ending.result } : {}),
    stop_reason: facts.stopReason,
    session_id: sessionId,
    total_cost_usd: facts.totalCostUsd,
    usage: resultUsage(facts.usage),
    modelUsage: facts.modelUsage ?? {},
    permission_denials: facts.denials ?? [],
    ...(ending.terminalReason === undefined ? {} : { terminal_reason: ending.terminalReason }),
    fast_mode_state: 'off',
    uuid: randomUUID(),
    ...(answered ? {} : { errors: ending.errors }),
  };
}

/** The only line of a process that found nothing to resume. */
export function lostConversationRecord(sessionId: string, message: string): object {
  const facts = { durationMs: 0, numTurns: 0, stopReason: null, totalCostUsd: 0 };
  return resultRecord(sessionId, facts, { subtype: 'error_during_execution', errors: [message] });
}
