import { setImmediate as letOthersRun } from 'node:timers/promises';
import { ChangeSignal } from './change-signal.ts';
import type { LogLine } from './lines.ts';
import { LogReader } from './log-reader.ts';

export interface FollowOptions {
  /** Where to begin: a byte offset at the beginning of a line. */
  offset?: number;
  /** Whether the writer is done. Asked before each time the log is read to its end, so nothing is missed. */
  isOver: () => boolean;
  /** Settles when `isOver` may have changed, so that the end is seen at once and not only when the clock rings. */
  wake?: Promise<unknown>;
  /** By which the caller can report that it has something to do: then a batch comes that may be empty. */
  changes?: ChangeSignal;
  /** Ends the following at once. */
  signal?: AbortSignal;
}

/**
 * The lines of a growing log, in batches as they are written, until its writer is over and all of it is read.
 *
 * A last line without a newline counts only when the writer is over. A log that does not exist yet is waited for;
 * one that is cut while it is followed is read on from its beginning; one that is renamed or removed is read to its
 * end.
 */
export async function* followLog(path: string, options: FollowOptions): AsyncGenerator<LogLine[], void> {
  const { isOver, wake, signal } = options;
  const isAborted = () => signal?.aborted === true;
  const reader = new LogReader(path, { start: options.offset ?? 0 });
  const { changes = new ChangeSignal() } = options;
  wake?.then(changes.report, changes.report);
  signal?.addEventListener('abort', changes.report);
  try {
    while (!isAborted()) {
      const isLast = isOver();
      for (let batch = reader.next(); batch !== undefined; batch = reader.next()) {
        if (batch.length > 0) yield batch;
        // Reading never waits, so this is where signals, timers and the output get their turn.
        await letOthersRun();
        if (isAborted()) return;
      }
      if (isLast) {
        const rest = reader.finish();
        if (rest.length > 0) yield rest;
        return;
      }
      if (reader.isOpen) changes.watch(path);
      await changes.changed();
      if (options.changes !== undefined) yield [];
    }
  } finally {
    signal?.removeEventListener('abort', changes.report);
    changes.close();
    reader.close();
  }
}
