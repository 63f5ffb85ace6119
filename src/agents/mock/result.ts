import { randomUUID } from 'node:crypto';
import { turnUsage } from './usage.ts';
import type { TokenUsage, UsageByModel } from './usage.ts';

/** How a turn ended: with an answer (claude counts an API failure as one), or without one. */
export type Ending = { is_error: boolean; terminal_reason?: string | undefined } & (
  | { subtype: 'success'; result: string; api_error_status: number | null }
  | { subtype: string; errors: string[] }
);

/** The totals of a turn for its result. */
export interface TurnFacts {
  startedAt: number;
  /** When the first text came. */
  ttftMs?: number;
  used: TokenUsage;
  stopReason: string | null;
  /** The number of messages, tool results and notes to the model. Claude counts these as turns. */
  turns: number;
  denials: object[];
}

export function beginFacts(turns: number): TurnFacts {
  return {
    startedAt: performance.now(),
    used: { input: 0, output: 0 },
    stopReason: null,
    turns,
    denials: [],
  };
}

export function elapsedMs({ startedAt }: TurnFacts): number {
  return Math.round(performance.now() - startedAt);
}

/** The last line of a turn. `total_cost_usd` is of the conversation so far, `usage` of the turn. */
export function resultRecord(
  sessionId: string,
  ending: Ending,
  facts: TurnFacts,
  modelUsage: UsageByModel = {},
): object {
  const { ttftMs } = facts;
  const isTimed = ending.subtype === 'success' && ttftMs !== undefined;
  return {
    type: 'result',
    ...ending,
    duration_ms: elapsedMs(facts),
    duration_api_ms: elapsedMs(facts),
    ...(isTimed && { ttft_ms: ttftMs, ttft_stream_ms: ttftMs, time_to_request_ms: 0 }),
    num_turns: facts.turns,
    stop_reason: facts.stopReason,
    session_id: sessionId,
    total_cost_usd: Object.values(modelUsage).reduce((total, { costUSD }) => total + costUSD, 0),
    usage: turnUsage(facts.used),
    modelUsage,
    permission_denials: facts.denials,
    fast_mode_state: 'off',
    uuid: randomUUID(),
  };
}
