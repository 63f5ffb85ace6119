import { setImmediate as nextTurn } from 'node:timers/promises';
import { SessionError } from '../../errors.ts';
import type { StopReason } from '../../turns/stop-request.ts';
import { STOP_REASONS } from '../../turns/stop-request.ts';
import type { StopRequest } from '../../turns/stop-request.ts';

/** Goes on in short steps, between which whoever waits for the store gets it, and the user is heard. */
export class Pace {
  readonly #stop: StopRequest;
  readonly #tell: (progress: string) => void;

  constructor(stop: StopRequest, tell: (progress: string) => void) {
    this.#stop = stop;
    this.#tell = tell;
  }

  /** Says how far it is and lets others in. Throws when the user wants it to stop; what is done is done. */
  async rest(progress: string): Promise<void> {
    this.#tell(progress);
    await nextTurn();
    const { reason } = this.#stop;
    if (reason !== undefined) throw stopped(reason);
  }
}

function stopped(reason: StopReason): SessionError {
  return new SessionError(STOP_REASONS[reason].code, 'Stopped; what was done so far stays done.', {
    hint: 'Run it again to go on from there.',
  });
}
