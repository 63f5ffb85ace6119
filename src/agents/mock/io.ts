import type { Io } from '../../io.ts';

/** Everything of its process that the mock agent uses. */
export type MockIo = Pick<Io, 'stdin' | 'stdout' | 'stderr' | 'env' | 'cwd' | 'onSignal'>;
export type Environment = MockIo['env'];

/** The agent won't start: claude's words for why, on stderr, with exit status 1. */
export class StartRefused extends Error {
  /** The conversation that is not there: claude then also prints one result line. */
  readonly lostId: string | undefined;

  constructor(message: string, lostId?: string) {
    super(message);
    this.lostId = lostId;
  }
}

/** The process is to end at once, with no result for the turn. */
export class Crash extends Error {
  readonly status: number;

  constructor(status: number) {
    super(`crash ${status}`);
    this.status = status;
  }
}

/** The turn has printed its result; what is left of the script is not run. */
export class TurnOver extends Error {
  readonly isError: boolean;

  constructor(isError: boolean) {
    super('turn over');
    this.isError = isError;
  }
}

/** The turn was interrupted by a request or by SIGINT: it prints what claude prints then. */
export class Interrupted extends Error {}
