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
  /** The last turn of the previous step; 0 for the first. */
  afterTurn: number;
  /** The last message to copy. */
  untilMessage: number;
}

export interface ForkEnd {
  name: string | null;
  at: number;
  /** The agent conversation that the fork copies. `since` is the original's first turn in it. */
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

/** A message with its complete content, or with the first part and more parts, which `readContent` returns. */
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
  /** Must be read after the answer's pieces. */
  toolCalls: Iterable<Omit<ToolCall, 'turnId'>>;
}

export type NewImport = Omit<
  Session,
  'messageCount' | 'turnCount' | 'costUsd' | (typeof AGENT_DETAILS)[number]
>;

/** A line of a transcript, in the importer's format. */
export interface StoredLine {
  uuid: string;
  /** The model call that it belongs to. */
  call: string | null;
  /** The tokens of the call, by this line. */
  used: number;
  /** Whether it is marked as copied from another transcript. */
  isCopy: boolean;
  /** Made by `packJson`. */
  packed: Uint8Array;
}

/** What a transcript says about a call that is also in another one. */
export interface CallShare {
  call: string;
  transcript: string;
  used: number;
  isCopy: boolean;
}

/** A stored turn. `made` is the source of a turn from a transcript, else null. */
export interface TurnTimes {
  id: number;
  made: string | null;
  queuedAt: number;
  /** Infinite for a turn that has not ended. */
  endedAt: number;
}

/** Work in steps. A store in a database waits between them. The embedded store runs them all at once. */
export type Steps<T> = Generator<Promise<void>, T, void>;

/** What an import can do inside its transaction. */
export interface ImportTransaction {
  findSession(id: string): Steps<Session | undefined>;
  /** The session of a transcript: one that was imported from it, or one whose agent wrote it. */
  findByTranscript(transcript: string): Steps<Session | undefined>;
  /** Adds a session without turns. A name in use by a live session of the root is left out. */
  addSession(
    session: NewImport,
    changes: Omit<RecordedChange, 'sessionId'>[],
    arrivedAt: number,
  ): Steps<void>;
  /** Updates a session. A name that is in use is left out. */
  updateSession(
    session: Session,
    change: { name: string | null; root: string; createdAt: number },
  ): Steps<void>;
  /** The tokens of the call in each line, by the uuid of the line. */
  knownLines(transcript: string): Steps<Map<string, number>>;
  /** The lines, in order of insertion. */
  lines(transcript: string): Steps<Iterable<{ uuid: string; value: unknown }>>;
  /** A line, made by `packJson`. */
  readLine(transcript: string, uuid: string): Steps<Uint8Array>;
  /** The same, for a line that `lines` has returned. */
  line(transcript: string, uuid: string): Uint8Array;
  putLine(sessionId: string, transcript: string, line: StoredLine): Steps<void>;
  /** What other transcripts say about the calls of this one. */
  shares(transcript: string): Steps<CallShare[]>;
  /** In their order. */
  turns(sessionId: string): Steps<TurnTimes[]>;
  /** Adds a turn. `id` is that of a removed turn that it replaces. */
  addTurn(sessionId: string, turn: NewTurn, made: string | null, id?: number): Steps<void>;
  removeTurn(id: number): Steps<void>;
  /** Updates the session's sums after its turns have changed. */
  settle(sessionId: string): Steps<void>;
}

/** Turns in and out of the store: forks, exports and imports. */
export interface TransferStore {
  /** Creates the session, empty and in the trash. Throws USAGE when a live session has the name. */
  beginFork(from: string, fork: NewFork): Promise<void>;
  /** Copies some more ended turns. Resolves to the last turn that was read, undefined at the end. */
  copyTurns(step: CopyStep): Promise<number | undefined>;
  /** Moves the session out of the trash. */
  endFork(id: string, end: ForkEnd): Promise<void>;
  /** Live and trashed sessions by id, after a given one ('' for the first). */
  pageSessions(afterId: string, limit: number): Promise<Session[]>;
  /** Ended turns in order, after a given one (0 for the first). */
  pageTurns(sessionId: string, afterTurn: number, limit: number): Promise<StoredTurn[]>;
  /** Runs an import as one transaction. The work may run more than once. */
  import<T>(work: (tx: ImportTransaction) => Steps<T>): Promise<T>;
}
