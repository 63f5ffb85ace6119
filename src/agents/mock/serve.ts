import { PassThrough } from 'node:stream';
import type { StopSignal } from '../../io.ts';
import { readLines } from '../../system/read-lines.ts';
import type { ControlResponseLine } from './control.ts';
import { Crash, Interrupted } from './io.ts';
import type { MockIo } from './io.ts';
import type { Machine } from './machine.ts';
import { readMessage } from './message.ts';
import type { UserLine, UserMessage } from './message.ts';
import { runTurn } from './run-turn.ts';
import { hang } from './wait.ts';

/** Before this, claude has no signal handlers yet and just dies. */
const SIGNAL_READY_MS = 150;
const SHOWN_CHARACTERS = 200;

interface ControlRequestLine {
  type: 'control_request';
  request_id: string;
  request: { subtype: string; sdkMcpServers?: string[]; systemPromptSnapshot?: boolean };
}

/** Answers the messages of stdin one after the other, until its end, a signal or a crash; resolves to the exit status. */
export async function serve(machine: Machine, io: MockIo): Promise<number> {
  return await new Server(machine, io).run();
}

class Server {
  readonly #machine: Machine;
  readonly #io: MockIo;
  readonly #inbox = new PassThrough({ objectMode: true });
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
      this.#life.abort(new Error('The process ends.'));
      await this.#machine.mcp.stop(isNormalEnd);
      stopListening();
    }
  }

  async #read(): Promise<void> {
    try {
      for await (const line of readLines(this.#io.stdin))
        if (line !== undefined && line.trim() !== '') this.#take(line);
    } catch {
      // stdin was destroyed: the process is ending.
    }
    this.#machine.control.close();
    this.#inbox.end();
  }

  #take(json: string): void {
    let line: UserLine | ControlRequestLine | ControlResponseLine;
    try {
      line = JSON.parse(json) as typeof line;
    } catch (error) {
      const shown = json.slice(0, SHOWN_CHARACTERS);
      this.#io.stderr.write(`Error parsing streaming input line: ${shown}: ${String(error)}\n`);
      this.#end(1);
      return;
    }
    if (line.type === 'control_response') this.#machine.control.take(line);
    else if (line.type === 'control_request') this.#answerRequest(line);
    else if (line.type === 'user') {
      const message = readMessage(line);
      if (!this.#machine.transcript.hasTaken(message.uuid))
        this.#machine.tellLifecycle(message.uuid, 'queued');
      this.#inbox.write(message);
    }
  }

  #answerRequest({ request_id, request }: ControlRequestLine): void {
    const { output, mcp, ignored } = this.#machine;
    const succeed = (more: object = {}): void =>
      output.record({ type: 'control_response', response: { subtype: 'success', request_id, ...more } });
    if (request.subtype === 'initialize') {
      if (request.systemPromptSnapshot === false) this.#machine.keepsPrompt = false;
      mcp.connectInBand(request.sdkMcpServers ?? []);
      succeed({ response: { commands: [], agents: [], models: [] } });
    } else if (request.subtype === 'interrupt' && !ignored.has('interrupt')) {
      succeed();
      this.#turn?.abort(new Interrupted());
    }
  }

  async #answerAll(): Promise<number> {
    const { mcp, transcript, ignored } = this.#machine;
    let isError = false;
    for await (const message of this.#inbox as AsyncIterable<UserMessage>) {
      if (transcript.hasTaken(message.uuid)) {
        this.#machine.tellLifecycle(message.uuid, 'completed');
        continue;
      }
      await mcp.ready();
      this.#turn = new AbortController();
      const signal = AbortSignal.any([this.#turn.signal, this.#life.signal]);
      isError = await runTurn(this.#machine, message, signal);
      this.#turn = null;
      if (this.#isStopping) return 0;
    }
    if (ignored.has('eof')) await hang(this.#life.signal);
    return isError ? 1 : 0;
  }

  #onSignal(signal: StopSignal): void {
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
