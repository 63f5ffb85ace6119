import type { Outcome, ToolCall, Turn, TurnLimits } from '../model/model.ts';
import type { AgentContext } from '../model/agent-context.ts';
import type { NewFile } from '../model/message-file.ts';
import type { UsageByModel } from '../model/usage.ts';

/** The end of a turn. It is written in one transaction with the answer. */
export interface TurnEnd extends Omit<
  Turn,
  'id' | 'sessionId' | 'owner' | 'limits' | 'queuedAt' | 'startedAt' | 'endedAt' | 'status'
> {
  status: Outcome;
  endedAt: number;
  /**
   * The answer in pieces, in order. Pieces never end inside a surrogate pair. It may be long. When the transaction is
   * tried again, it is read from its beginning again. The tool calls are read after it.
   */
  answer: Iterable<string>;
  toolCalls: Iterable<Omit<ToolCall, 'turnId'>>;
  /** The agent's own session, when it confirmed one. `sinceTurn` is the first turn that it contains. */
  agentSession: {
    id: string;
    sinceTurn: number;
    /** Null when it has not changed. */
    context: AgentContext | null;
    /** Whether it no longer contains the updates that it was given. */
    isCompacted: boolean;
    spent: UsageByModel | null;
  } | null;
}

/** In US dollars. */
export interface Spending {
  /** Spent by turns that have ended. */
  spentUsd: number;
  /** Reserved by turns that have not ended. */
  reservedUsd: number;
}

export interface ReservationRequest {
  /** Turns from this time on are counted. */
  since: number;
  /** What all turns together may cost. */
  limitUsd: number;
  /** The owner of the turn. */
  owner: string;
  /** What this turn may cost; null for the whole rest. */
  wantedUsd: number | null;
}

/**
 * What others have spent and reserved, and what the turn may spend. It may spend null when nothing is left, or too
 * little while others run.
 */
export interface Reservation extends Spending {
  grantedUsd: number | null;
}

export interface NewTurn {
  sessionId: string;
  message: string;
  files?: readonly NewFile[] | undefined;
  owner: string;
  limits: TurnLimits;
  at: number;
}

/** The turns of all sessions, from the queue to their end. */
export interface TurnStore {
  /**
   * Queues a turn with its user message. `holders` are the earlier turns of the session that have not ended. If there
   * are none, the turn is started at once (its status is `running`).
   */
  enqueue(turn: NewTurn): Promise<{ turn: Turn; holders: Turn[] }>;
  find(id: number): Promise<Turn | undefined>;
  /** Turns of this session (of all, without one) that have not ended, oldest first. */
  open(sessionId?: string): Promise<Turn[]>;
  /** Turns of this session, newest first. */
  last(sessionId: string, limit: number): Promise<Turn[]>;
  /** Changes a queued turn to running, if it is still queued, is owned by `owner`, and no open turn is before it. */
  start(id: number, owner: string, at: number): Promise<boolean>;
  /**
   * Changes the owner of an open turn from `from` to `to`. Returns undefined when another process was faster. Otherwise
   * returns the new owner, which writes to the turn have to name: `to`, with the number of the lease in a store that
   * several machines share.
   */
  adopt(id: number, from: string | null, to: string): Promise<string | undefined>;
  /** Removes the owner of an open turn, so that any process may take it. Returns false when it is no longer `from`'s. */
  disown(id: number, from: string | null): Promise<boolean>;
  /** Ends a turn once. Returns false, and writes nothing, when it has ended already or is no longer `owner`'s. */
  finish(id: number, owner: string, end: TurnEnd): Promise<boolean>;
  /** Removes a turn whose agent was not started, and its message. Returns false when it is no longer `owner`'s. */
  withdraw(id: number, owner: string): Promise<boolean>;
  spending(since: number): Promise<Spending>;
  /**
   * Reserves what a turn may cost. Until it ends, others can't spend it. Reservations are made one after the other.
   * Throws INTERRUPTED when the turn is no longer the owner's.
   */
  reserve(id: number, request: ReservationRequest): Promise<Reservation>;
  toolCalls(id: number): Promise<ToolCall[]>;
}
