import type { Io } from '../../io.ts';

/** The parts of the process that the mock agent uses. */
export type MockIo = Pick<Io, 'stdin' | 'stdout' | 'stderr' | 'env' | 'cwd' | 'onSignal'>;
export type Environment = MockIo['env'];

/** The agent refuses to start. Claude's message is printed on stderr, and the exit status is 1. */
export class StartRefused extends Error {
  /** The conversation that was not found. Claude then also prints a result line. */
  readonly lostId: string | undefined;

  constructor(message: string, lostId?: string) {
    super(message);
    this.lostId = lostId;
  }
}

/** Ends the process at once, without a result for the turn. */
export class Crash extends Error {
  readonly status: number;

  constructor(status: number) {
    super(`crash ${status}`);
    this.status = status;
  }
}

/** The turn has printed its result. The rest of the script is not run. */
export class TurnOver extends Error {
  readonly isError: boolean;

  constructor(isError: boolean) {
    super('turn over');
    this.isError = isError;
  }
}

/** The turn was interrupted by a request or by SIGINT, and prints what claude prints then. */
export class Interrupted extends Error {}
