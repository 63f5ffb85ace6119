import type { AGENT_DETAILS, ForkOrigin, Role, Session, ToolCall, Turn } from '../model/model.ts';
import type { MessageFile, NewFile } from '../model/message-file.ts';
import type { RecordedChange } from '../model/session-change.ts';

export interface NewFork {
  id: string;
  name: string | null;
  createdAt: number;
}

export interface CopyStep {
  from: string;
  to: string;
  /** Where the step before ended; 0 for the first. */
  afterTurn: number;
  /** The last message to copy. */
  untilMessage: number;
}

export interface ForkEnd {
  name: string | null;
  at: number;
  /** The conversation of the agent's to begin from; `since` is the original's first turn in it. */
  begin: (Omit<ForkOrigin, 'sinceTurn'> & { since: number }) | null;
}

/** An ended turn with all that belongs to it. */
export interface StoredTurn {
  turn: Turn;
  /** Whether `fork` copied it from another session. */
  isCopy: boolean;
  messages: StoredMessage[];
  toolCalls: ToolCall[];
}

/** Its content is whole, or there are parts behind it, which `readContent` has. */
export interface StoredMessage {
  id: number;
  role: Role;
  createdAt: number;
  content: string;
  isCut: boolean;
  files: MessageFile[];
}

export interface NewTurn {
  turn: Omit<Turn, 'id' | 'sessionId' | 'owner'>;
  isCopy: boolean;
  messages: { role: Role; createdAt: number; pieces: Iterable<string>; files?: NewFile[] }[];
  /** To be read after the answer's pieces. */
  toolCalls: Iterable<Omit<ToolCall, 'turnId'>>;
}

export type NewImport = Omit<
  Session,
  'messageCount' | 'turnCount' | 'costUsd' | (typeof AGENT_DETAILS)[number]
>;

/** A line of a transcript; what it says is the importer's. */
export interface StoredLine {
  uuid: string;
  /** The model call it is a part of. */
  call: string | null;
  /** How many tokens the line says that the call has used. */
  used: number;
  /** It says that it was copied from another transcript. */
  isCopy: boolean;
  /** As `packJson` makes it. */
  packed: Uint8Array;
}

/** What a transcript says of a call that another one has, too. */
export interface CallShare {
  call: string;
  transcript: string;
  used: number;
  isCopy: boolean;
}

/** A turn that is here; `made` is what it was made of, null for one that was no transcript's. */
export interface TurnTimes {
  id: number;
  made: string | null;
  queuedAt: number;
  /** Infinite for one that has not ended. */
  endedAt: number;
}

/** Work in steps. A store that has to wait for an answer does so between them; one that has not runs them all at once. */
export type Steps<T> = Generator<Promise<void>, T, void>;

/** What an import can do inside its transaction. */
export interface ImportTransaction {
  findSession(id: string): Steps<Session | undefined>;
  /** The session that a transcript belongs to: made of it, or in whose turns the agent wrote it. */
  findByTranscript(transcript: string): Steps<Session | undefined>;
  /** Adds a session without turns. A name that a live session under the root has already is left out. */
  addSession(
    session: NewImport,
    changes: Omit<RecordedChange, 'sessionId'>[],
    arrivedAt: number,
  ): Steps<void>;
  /** What the import learnt of a session later; a name that is taken is left out. */
  updateSession(
    session: Session,
    change: { name: string | null; root: string; createdAt: number },
  ): Steps<void>;
  /** By the lines' uuids, how many tokens each says that its call has used. */
  knownLines(transcript: string): Steps<Map<string, number>>;
  /** In the order in which they came. */
  lines(transcript: string): Steps<Iterable<{ uuid: string; value: unknown }>>;
  /** As `packJson` made it. */
  readLine(transcript: string, uuid: string): Steps<Uint8Array>;
  /** The same of a line that `lines` has given. */
  line(transcript: string, uuid: string): Uint8Array;
  putLine(sessionId: string, transcript: string, line: StoredLine): Steps<void>;
  /** What other transcripts say of calls that this one has. */
  shares(transcript: string): Steps<CallShare[]>;
  /** In their order. */
  turns(sessionId: string): Steps<TurnTimes[]>;
  /** Adds a turn, in the place of one that was removed if that is given. */
  addTurn(sessionId: string, turn: NewTurn, made: string | null, id?: number): Steps<void>;
  removeTurn(id: number): Steps<void>;
  /** Brings the session's sums up to date, after its turns have changed. */
  settle(sessionId: string): Steps<void>;
}

/** Turns in and out of the store: forks, exports and imports. */
export interface TransferStore {
  /** Makes the session, empty and out of sight. Throws USAGE when a live session has the name. */
  beginFork(from: string, fork: NewFork): Promise<void>;
  /** Copies some more ended turns; resolves to the last one it looked at, undefined when there are no more. */
  copyTurns(step: CopyStep): Promise<number | undefined>;
  /** Brings the session to light. */
  endFork(id: string, end: ForkEnd): Promise<void>;
  /** Sessions in order of their ids, live and trashed ones, after one of them ('' for the first). */
  pageSessions(afterId: string, limit: number): Promise<Session[]>;
  /** Ended turns in order, after one of them (0 for the first). */
  pageTurns(sessionId: string, afterTurn: number, limit: number): Promise<StoredTurn[]>;
  /** Runs an import as one transaction. The work may run more than once. */
  import<T>(work: (tx: ImportTransaction) => Steps<T>): Promise<T>;
}
