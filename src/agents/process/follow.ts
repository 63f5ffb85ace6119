import { setImmediate as letOthersRun } from 'node:timers/promises';
import { ChangeSignal } from './change-signal.ts';
import type { LogLine } from './lines.ts';
import { LogReader } from './log-reader.ts';

export interface FollowOptions {
  /** Byte offset to begin at, which must be the beginning of a line. */
  offset?: number;
  /** Whether the writer has finished. It is called before each read to the end, so that nothing is missed. */
  isOver: () => boolean;
  /** Settles when `isOver` may have changed, so that the end is seen at once and not only at the next poll. */
  wake?: Promise<unknown>;
  /** The caller can signal it to get a batch at once, which may be empty. */
  changes?: ChangeSignal;
  /** Ends the iteration at once. */
  signal?: AbortSignal;
}

/**
 * The lines of a growing log, in batches as they are written, until its writer has finished and all is read.
 *
 * A last line without a newline is returned only when the writer has finished. Waits for a log that does not exist yet.
 * A log that is truncated meanwhile is read from its beginning. One that is renamed or removed is read to its end.
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
        // Reading is synchronous, so signals, timers and output are handled here.
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
