import { setImmediate as nextTurn } from 'node:timers/promises';
import { SessionError } from '../../errors.ts';
import type { StopReason } from '../../turns/stop-request.ts';
import { STOP_REASONS } from '../../turns/stop-request.ts';
import type { StopRequest } from '../../turns/stop-request.ts';

/** Pauses between the steps of long work, so that other commands get the store and signals are handled. */
export class Pace {
  readonly #stop: StopRequest;
  readonly #tell: (progress: string) => void;

  constructor(stop: StopRequest, tell: (progress: string) => void) {
    this.#stop = stop;
    this.#tell = tell;
  }

  /** Shows the progress and pauses. Throws when the user interrupts. Finished steps are kept. */
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
