import type { ModeSwitch } from '../core/model.ts';
import type { NewImport, NewTurn } from '../store/transfer.ts';

/** A session that begins in a file. */
export interface IncomingSession {
  type: 'session';
  session: NewImport;
  switches: Omit<ModeSwitch, 'sessionId'>[];
  /**
   * How to tell turns that are here already: by when they were asked for, or, where the agent may have written down turns
   * of ours with times of its own, by being no later than the last one here.
   */
  knownBy: 'time' | 'order';
}

/** What an importer makes of a line, or of several. */
export type Incoming =
  | IncomingSession
  | { type: 'turn'; turn: NewTurn }
  /** A line that could not be used. */
  | { type: 'bad'; line: number; why: string };

/** An importer of one format. It keeps the order, and no more than one turn. */
export interface Importer {
  read(record: Record<string, unknown>, line: number): Iterable<Incoming>;
  /** What is left when there are no more lines. */
  end(line: number): Iterable<Incoming>;
}
