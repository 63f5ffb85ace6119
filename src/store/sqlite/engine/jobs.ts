import { monotonicMs } from '../../../system/monotonic.ts';
import type { Writer } from './connection.ts';

/** After this time, other processes can take the lock, and the event loop can continue. */
const LONGEST_MS = 20;

/** The work of one caller. It may share a transaction with that of others. */
export class Job {
  readonly work: (tx: Writer) => unknown;
  readonly isWrite: boolean;
  readonly done: Promise<unknown>;
  /** Reports success to the caller, after the commit. */
  settle = (): void => {};
  #resolve!: (result: unknown) => void;
  /** Reports failure to the caller. */
  fail!: (error: unknown) => void;

  constructor(work: (tx: Writer) => unknown, isWrite: boolean) {
    this.work = work;
    this.isWrite = isWrite;
    this.done = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.fail = reject;
    });
  }

  do(tx: Writer): void {
    const result = this.work(tx);
    this.settle = () => this.#resolve(result);
  }
}

/** Takes waiting jobs while there is time. */
export function* takeJobs(waiting: Job[], taken: Job[]): Generator<Job> {
  const since = monotonicMs();
  do {
    const job = waiting.shift()!;
    taken.push(job);
    yield job;
  } while (waiting.length > 0 && monotonicMs() - since < LONGEST_MS);
}

type Explain = (error: unknown) => unknown;

/** Does each job in its own transaction. */
export function doAlone(jobs: Iterable<Job>, tx: Writer, explain: Explain): void {
  for (const job of jobs)
    try {
      job.do(tx);
    } catch (error) {
      const explained = explain(error);
      job.settle = () => job.fail(explained);
    }
}

/**
 * Does all jobs in one transaction. Only the changes of a job that fails are undone. Throws where SQLite has rolled
 * back all of them.
 */
export function doInTransaction(jobs: Iterable<Job>, tx: Writer, explain: Explain): void {
  for (const job of jobs) {
    tx.run('SAVEPOINT job');
    try {
      job.do(tx);
    } catch (error) {
      undo(tx, error);
      const explained = explain(error);
      job.settle = () => job.fail(explained);
    }
    tx.run('RELEASE job');
  }
}

function undo(tx: Writer, failure: unknown): void {
  try {
    tx.run('ROLLBACK TO job');
  } catch {
    throw failure;
  }
}
