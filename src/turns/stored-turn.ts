import type { TurnOutput } from '../model/records.ts';
import type { ErrorCode } from '../errors.ts';
import type { Store } from '../store/store.ts';
import { buildDone, buildErrors, buildStart } from './done.ts';
import type { Outcome, Session, ToolCall, Turn } from '../model/model.ts';
import type { TurnProgress } from './progress.ts';

/** The records of an ended turn, from the store, with one text record between tool calls. */
export async function* readStoredTurn(
  store: Store,
  session: Session,
  turn: Turn,
): AsyncGenerator<TurnOutput[]> {
  const { model, agentVersion } = turn;
  yield [{ ...buildStart(session, turn, turn.continuity ?? 'new'), model, agent_version: agentVersion }];
  yield* readRest(store, turn, { units: 0, calls: 0 });
  yield await buildStoredEnd(store, turn);
}

/** The records of an ended turn that were not yielded yet. */
export async function* readRest(store: Store, turn: Turn, told: TurnProgress): AsyncGenerator<TurnOutput[]> {
  const ids = { session_id: turn.sessionId, turn_id: turn.id };
  const calls = (await store.turns.toolCalls(turn.id)).slice(told.calls);
  let offset = 0;
  for await (const stored of store.messages.readContent(turn.id * 2 + 1)) {
    let part = stored.slice(Math.max(0, told.units - offset));
    offset += stored.length - part.length;
    for (const call of takeBefore(calls, offset + part.length)) {
      const before = part.slice(0, call.textOffset - offset);
      if (before !== '') yield [{ type: 'text', ...ids, content: before }];
      part = part.slice(before.length);
      offset += before.length;
      yield buildToolCall(ids, call);
    }
    offset += part.length;
    if (part !== '') yield [{ type: 'text', ...ids, content: part }];
  }
  for (const call of calls) yield buildToolCall(ids, call);
}

/** The `error` and `done` records of an ended turn. */
export async function buildStoredEnd(store: Store, turn: Turn): Promise<TurnOutput[]> {
  const session = await store.sessions.find(turn.sessionId);
  const status = turn.status as Outcome;
  const end = { ...turn, status };
  const { errorCode, errorMessage, retryAt } = turn;
  const failure = errorCode && {
    code: errorCode as ErrorCode,
    message: errorMessage ?? 'The turn did not complete.',
    hint: undefined,
    retryAt,
  };
  return [
    ...buildErrors(turn, end, failure || null),
    buildDone(turn, end, {
      toolCalls: await store.turns.toolCalls(turn.id),
      text: store.messages.readContent(turn.id * 2 + 1),
      sessionCostUsd: session?.costUsd ?? turn.costUsd,
    }),
  ];
}

function* takeBefore(calls: ToolCall[], offset: number): Generator<ToolCall> {
  while (calls.length > 0 && calls[0]!.textOffset < offset) yield calls.shift()!;
}

function buildToolCall(ids: { session_id: string; turn_id: number }, call: ToolCall): TurnOutput[] {
  const { id, name, input, result, isError, denied } = call;
  return [
    { type: 'tool_call', ...ids, id, name, input },
    ...(result === null
      ? []
      : [{ type: 'tool_result', ...ids, id, content: result, is_error: isError, denied } as const]),
  ];
}
