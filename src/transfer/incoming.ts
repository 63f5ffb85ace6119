import type { Session } from '../model/model.ts';
import type { RecordedChange } from '../model/session-change.ts';
import type { ImportTransaction, NewImport, Steps } from '../store/transfer-store.ts';
import type { Masking } from './source.ts';

/** The result of importing a file. */
export interface Tally {
  sessions: number;
  turns: number;
  knownTurns: number;
  /** Turns of sessions that are here already, which were not to be merged. */
  leftTurns: number;
  /** Sessions that were added or changed. */
  ids: Set<string>;
}

/** What an import may do. */
export interface ImportRules {
  masking: Masking | undefined;
  /** Whether turns may be added to an existing session that did not come from this file. */
  isMerge: boolean;
  /** The session with what it may have here. */
  admit(session: NewImport): NewImport;
  notice(text: string): void;
}

/** Reads one format. Lines come in order. */
export interface Importer {
  /** Throws BadLine for a record that can't be used. */
  read(record: Record<string, unknown>): Promise<void>;
  /** Stores the rest. Throws BadLine when something is missing at the end. */
  end(): Promise<void>;
  close(): void;
}

/** A line that could not be used, and why. */
export class BadLine extends Error {}

export function newTally(): Tally {
  return { sessions: 0, turns: 0, knownTurns: 0, leftTurns: 0, ids: new Set() };
}

export function addTally(sum: Tally, { sessions, turns, knownTurns, leftTurns, ids }: Tally): void {
  sum.sessions += sessions;
  sum.turns += turns;
  sum.knownTurns += knownTurns;
  sum.leftTurns += leftTurns;
  for (const id of ids) sum.ids.add(id);
}

/** Adds a session as the rules allow it, with a notice when its name is in use. */
export function* addAdmitted(
  tx: ImportTransaction,
  rules: ImportRules,
  session: NewImport,
  changes: Omit<RecordedChange, 'sessionId'>[],
): Steps<Session> {
  yield* tx.addSession(session, changes, Date.now());
  const added = (yield* tx.findSession(session.id))!;
  if (added.name !== session.name)
    rules.notice(
      `session ${session.id} is imported without its name, because another session under ${session.root} is called "${session.name}"`,
    );
  return added;
}
