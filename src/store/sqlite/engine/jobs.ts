import { monotonicMs } from '../../../system/monotonic.ts';
import type { Writer } from './connection.ts';

/** So that others get the lock, and the event loop its turn. */
const LONGEST_MS = 20;

/** A work of one caller, which may be done in one transaction with those of others. */
export class Job {
  readonly work: (tx: Writer) => unknown;
  readonly isWrite: boolean;
  readonly done: Promise<unknown>;
  /** Tells the caller, once what was done is kept. */
  settle = (): void => {};
  #resolve!: (result: unknown) => void;
  /** Tells the caller that it is not done. */
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

/** Takes those that wait, as far as there is time. */
export function* takeJobs(waiting: Job[], taken: Job[]): Generator<Job> {
  const since = monotonicMs();
  do {
    const job = waiting.shift()!;
    taken.push(job);
    yield job;
  } while (waiting.length > 0 && monotonicMs() - since < LONGEST_MS);
}

type Explain = (error: unknown) => unknown;

/** Does each by itself. */
export function doAlone(jobs: Iterable<Job>, tx: Writer, explain: Explain): void {
  for (const job of jobs)
    try {
      job.do(tx);
    } catch (error) {
      const explained = explain(error);
      job.settle = () => job.fail(explained);
    }
}

/** Does all within one transaction. One that fails is undone alone; where SQLite has undone all of them, it throws. */
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
