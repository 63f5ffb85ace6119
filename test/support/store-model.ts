import { NEW_SESSION } from '../../src/model/model.ts';
import type { TurnLimits } from '../../src/model/model.ts';
import type { NewFile } from '../../src/model/message-file.ts';
import type { NewSession } from '../../src/store/session-store.ts';
import type { TurnEnd } from '../../src/store/turn-store.ts';

/** A session with the defaults of `new`, and the given values. */
export function newSession(overrides: Partial<NewSession> = {}): NewSession {
  return {
    ...NEW_SESSION,
    id: '0000aaaa',
    root: '/work',
    agent: 'mock',
    createdAt: 1_000,
    ...overrides,
  };
}

/** A turn of that session, owned by `me`. */
export function newTurn(
  sessionId: string,
  overrides: { message?: string; files?: readonly NewFile[]; owner?: string; at?: number } = {},
) {
  const limits: TurnLimits = { timeoutMs: null, stallTimeoutMs: 600_000, maxTurns: null, maxBudgetUsd: null };
  return { sessionId, message: 'Hello', owner: 'me', at: 2_000, limits, ...overrides };
}

/** The end of a completed turn. */
export function turnEnd(overrides: Partial<TurnEnd> = {}): TurnEnd {
  return {
    status: 'completed',
    continuity: 'new',
    answer: ['Hello to ', 'you'],
    toolCalls: [],
    errorCode: null,
    errorMessage: null,
    retryAt: null,
    usage: null,
    usageByModel: null,
    costUsd: 0.25,
    numTurns: 1,
    permissionDenials: [],
    output: null,
    durationMs: 20,
    ttftMs: 10,
    model: 'some-model',
    agentVersion: '1.0',
    exitCode: 0,
    endedAt: 3_000,
    agentSession: null,
    ...overrides,
  };
}
