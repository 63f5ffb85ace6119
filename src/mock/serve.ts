import { answerMessage } from './answer-message.ts';
import { Inbox, readLines } from './inbox.ts';
import type { MockIo, MockSignal } from './io.ts';
import { Abandoned, Crash, Interrupted } from './machine.ts';
import type { Machine } from './machine.ts';
import { parseIncoming } from './message.ts';
import type { Incoming } from './message.ts';
import { hang } from './pause.ts';

/** Before this, claude has no signal handlers yet and just dies. */
const SIGNAL_READY_MS = 150;
const SHOWN_CHARACTERS = 200;

type UserMessage = Extract<Incoming, { type: 'user' }>;

/** Answers the messages of stdin one after the other, until its end, a signal or a crash; resolves to the exit status. */
export async function serve(machine: Machine, io: MockIo): Promise<number> {
  const agent = new Agent(machine, io);
  return await agent.run();
}

class Agent {
  readonly #machine: Machine;
  readonly #io: MockIo;
  readonly #inbox = new Inbox<UserMessage>();
  /** Aborted when the process ends, whatever is going on. */
  readonly #life = new AbortController();
  #turn: AbortController | null = null;
  #isStopping = false;
  #end: (status: number) => void = () => {};

  constructor(machine: Machine, io: MockIo) {
    this.#machine = machine;
    this.#io = io;
  }

  async run(): Promise<number> {
    const ended = new Promise<number>((resolve) => {
      this.#end = resolve;
    });
    let stopListening = (): void => {};
    const ready = setTimeout(
      () => {
        stopListening = this.#io.onSignal((signal) => this.#onSignal(signal));
      },
      Math.max(0, SIGNAL_READY_MS - performance.now()),
    );
    void this.#read();
    let isNormalEnd = false;
    const answered = this.#answerAll().then((status) => {
      isNormalEnd = !this.#isStopping;
      return status;
    });
    try {
      return await Promise.race([ended, answered]);
    } catch (error) {
      if (error instanceof Crash) return error.status;
      throw error;
    } finally {
      clearTimeout(ready);
      this.#machine.output.close();
      this.#life.abort(new Abandoned());
      await this.#machine.mcp.stop(isNormalEnd);
      stopListening();
    }
  }

  async #read(): Promise<void> {
    try {
      for await (const line of readLines(this.#io.stdin)) {
        if (line.trim() !== '') this.#take(line);
      }
    } catch {
      // stdin was destroyed: the process is ending.
    }
    this.#inbox.close();
  }

  #take(line: string): void {
    let incoming: Incoming;
    try {
      incoming = parseIncoming(line);
    } catch (error) {
      const shown = line.slice(0, SHOWN_CHARACTERS);
      this.#io.stderr.write(`Error parsing streaming input line: ${shown}: ${String(error)}\n`);
      this.#end(1);
      return;
    }
    if (incoming.type === 'user') this.#inbox.push(incoming);
    if (incoming.type === 'interrupt' && !this.#machine.ignored.has('interrupt')) {
      const response = { subtype: 'success', request_id: incoming.requestId };
      this.#machine.output.record({ type: 'control_response', response });
      this.#turn?.abort(new Interrupted());
    }
  }

  async #answerAll(): Promise<number> {
    let isError = false;
    let isReady = false;
    for (;;) {
      const message = await this.#inbox.next();
      if (message === undefined) break;
      if (!isReady) await this.#machine.mcp.ready();
      isReady = true;
      this.#turn = new AbortController();
      const signal = AbortSignal.any([this.#turn.signal, this.#life.signal]);
      isError = await answerMessage(this.#machine, message, signal);
      this.#turn = null;
      if (this.#isStopping) return 0;
    }
    if (this.#machine.ignored.has('eof')) await hang(this.#life.signal);
    return isError ? 1 : 0;
  }

  #onSignal(signal: MockSignal): void {
    if (this.#machine.ignored.has(signal)) return;
    if (signal === 'SIGTERM') this.#end(143);
    else if (signal === 'SIGHUP') this.#end(129);
    else if (this.#turn === null) this.#end(0);
    else {
      this.#isStopping = true;
      this.#turn.abort(new Interrupted());
    }
  }
}
