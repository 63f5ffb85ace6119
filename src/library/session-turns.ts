import type * as records from '../model/records.ts';
import type { Plan } from '../model/turn-plan.ts';
import type { RequestFlags } from '../turns/request.ts';
import { throwIfAborted } from './abort.ts';
import type { Abortable } from './abort.ts';
import type { Context } from './context.ts';
import type { FileToSend } from './files.ts';
import { Opened } from './opened.ts';
import type { OpenOptions } from './program-context.ts';
import { SentTurn, toRecords } from './sent-turn.ts';
import type { TurnChoice } from './turns.ts';

/** The options of a turn. */
export type SendOptions = Omit<RequestFlags, 'files'> &
  Abortable & {
    /** Files to send with the message: images, PDFs and texts. */
    attach?: readonly FileToSend[] | undefined;
  };

/** The methods that run, observe and end the turns of sessions. */
export class SessionTurns implements AsyncDisposable {
  /** @internal */
  protected readonly opened: Opened;

  /** @internal */
  constructor(options: OpenOptions) {
    this.opened = new Opened(options);
  }

  /** Sends a message at once. Iterate over the result for the records, or await its `result`. */
  send(selector: string, message: string, options: SendOptions = {}): SentTurn {
    const signal = options.signal instanceof AbortSignal ? options.signal : undefined;
    const turn = new SentTurn(async (stop) => {
      await this.opened.do({ ...options, message: message ?? null }, async () => {});
      const { openTurn } = await import('./send.ts');
      const { context } = this.opened;
      const flags = await toFlags(context, options);
      return await openTurn(context, { to: selector, message, flags }, stop);
    }, signal);
    return this.opened.own(turn);
  }

  /** Queues a message and starts a process for its turn, which continues when this one exits. */
  async detach(
    selector: string,
    message: string,
    options: SendOptions = {},
  ): Promise<records.TurnReferenceRecord> {
    return await this.opened.do({ ...options, message: message ?? null }, async (context) => {
      const { detach } = await import('./send.ts');
      return await detach(context, { to: selector, message, flags: await toFlags(context, options) });
    });
  }

  /** Describes what a message would start, without starting or storing anything. */
  async plan(selector: string, message: string, options: SendOptions = {}): Promise<Plan> {
    return await this.opened.do({ ...options, message: message ?? null }, async (context) => {
      const { planTurn } = await import('./send.ts');
      return await planTurn(context, { to: selector, message, flags: await toFlags(context, options) });
    });
  }

  /** The records of a turn, wherever it runs, from its beginning or from now; none when the session had no turn. */
  async *watch(
    selector: string,
    { signal, ...choice }: TurnChoice & { fromNow?: boolean | undefined } & Abortable = {},
  ): AsyncGenerator<records.TurnRecord, void, undefined> {
    const looking = this.opened.look(signal);
    try {
      const { openWatch } = await import('./turns.ts');
      const { watch } = await this.opened.do({ signal, ...choice }, (context) =>
        openWatch(context, selector, choice),
      );
      if (watch !== undefined) yield* this.opened.through(toRecords(watch(looking.signal)));
      throwIfAborted(looking.signal);
    } finally {
      looking.end();
    }
  }

  /** Waits for the end of a turn, wherever it runs; undefined when the session had none. Throws TIMEOUT. */
  async wait(
    selector: string,
    { signal, timeoutMs, ...choice }: TurnChoice & { timeoutMs?: number | undefined } & Abortable = {},
  ): Promise<records.TurnSummaryRecord | undefined> {
    const looking = this.opened.look(signal, timeoutMs);
    try {
      return await this.opened.do({ signal, timeoutMs, ...choice }, async (context) => {
        const { waitForTurn } = await import('./turns.ts');
        const { toTurnRecord } = await import('../model/to-record.ts');
        const turn = await waitForTurn(context, selector, choice, looking.signal);
        return turn && toTurnRecord(turn);
      });
    } finally {
      looking.end();
    }
  }

  /** Ends the running turn of a session and those waiting, wherever they run. The answer so far is kept. */
  async cancel(selector: string, options: Abortable = {}): Promise<records.TurnSummaryRecord[]> {
    return await this.opened.do(options, async (context, signal) => {
      const { cancelSelected } = await import('./stop.ts');
      return (await cancelSelected(context, selector, signal)).turns;
    });
  }

  /** Ends the warm agent and the turns of a session, or of all sessions. */
  async stop(selector?: string, options: Abortable = {}): Promise<records.StoppedRecord[]> {
    return await this.opened.do(options, async (context, signal) => {
      const { stopSelected } = await import('./stop.ts');
      return await stopSelected(context, selector, signal);
    });
  }

  /** The tool calls that wait for an answer, of one session or of all. */
  async approvals(selector?: string, options: Abortable = {}): Promise<records.ApprovalRecord[]> {
    return await this.opened.do(options, async (context) => {
      const { listApprovals } = await import('./approvals.ts');
      return await listApprovals(context, selector);
    });
  }

  /** Allows a waiting tool call. With `always`, the session allows it from now on. */
  async approve(
    id: string,
    { always = false, ...options }: { always?: boolean | undefined } & Abortable = {},
  ): Promise<records.ApprovalRecord> {
    const given = { ...options, always };
    return await this.#answer(id, { answer: 'allow', message: null, always }, given);
  }

  /** Denies a waiting tool call. The agent gets the message. */
  async deny(
    id: string,
    { message, ...options }: { message?: string | undefined } & Abortable = {},
  ): Promise<records.ApprovalRecord> {
    const given = { ...options, message };
    return await this.#answer(id, { answer: 'deny', message: message ?? null, always: false }, given);
  }

  async #answer(
    id: string,
    answer: { answer: 'allow' | 'deny'; message: string | null; always: boolean },
    options: Abortable,
  ): Promise<records.ApprovalRecord> {
    return await this.opened.do(options, async (context) => {
      const { answerWaiting } = await import('./approvals.ts');
      const { toApprovalRecord } = await import('../model/to-record.ts');
      return toApprovalRecord(await answerWaiting(context, id, answer));
    });
  }

  /** Cancels the turns that were sent here, waits for other work, and closes the store. */
  async close(): Promise<void> {
    await this.opened.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

/** Converts the options, and reads the files to send. */
async function toFlags(
  { place }: Context,
  { attach, ...flags }: Omit<SendOptions, 'signal'>,
): Promise<RequestFlags> {
  if (attach === undefined || attach.length === 0) return flags;
  const { readFiles } = await import('./files.ts');
  return { ...flags, files: await readFiles(attach, place.cwd) };
}
