import { randomUUID } from 'node:crypto';
import { readLines } from '../../system/read-lines.ts';
import { Crash, Interrupted, TurnOver } from './io.ts';
import type { MockIo, MockSignal } from './io.ts';
import type { Machine } from './machine.ts';
import { readMessage } from './message.ts';
import type { Incoming, UserMessage } from './message.ts';
import { runScript } from './script.ts';
import { Turn } from './turn.ts';
import { hang } from './wait.ts';

/** Before this, claude has no signal handlers yet and just dies. */
const SIGNAL_READY_MS = 150;
const SHOWN_CHARACTERS = 200;

/** Answers the messages of stdin one after the other, until its end, a signal or a crash; resolves to the exit status. */
export async function serve(machine: Machine, io: MockIo): Promise<number> {
  return await new Server(machine, io).run();
}

class Server {
  readonly #machine: Machine;
  readonly #io: MockIo;
  readonly #inbox: UserMessage[] = [];
  #isStdinOver = false;
  /** Work in the background that will wake us. */
  #tasks = 0;
  #wakeUp = (): void => {};
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
    this.#isStdinOver = true;
    this.#machine.mcp.closeInBand();
    this.#wakeUp();
  }

  #take(line: string): void {
    let incoming: Incoming;
    try {
      incoming = JSON.parse(line) as Incoming;
    } catch (error) {
      const shown = line.slice(0, SHOWN_CHARACTERS);
      this.#io.stderr.write(`Error parsing streaming input line: ${shown}: ${String(error)}\n`);
      this.#end(1);
      return;
    }
    const { type, request, request_id = '', response } = incoming;
    if (type === 'user') this.#push(readMessage(incoming));
    else if (type === 'control_response')
      this.#machine.mcp.answer(response?.request_id ?? '', response?.response?.mcp_response);
    else if (request?.subtype === 'initialize') {
      if (request.systemPromptSnapshot === false) this.#machine.keepsPrompt = false;
      this.#machine.mcp.connectInBand(request.sdkMcpServers ?? []);
      this.#respond({ subtype: 'success', request_id, response: { commands: [], agents: [], models: [] } });
    } else if (request?.subtype === 'interrupt' && !this.#machine.ignored.has('interrupt')) {
      this.#respond({ subtype: 'success', request_id });
      this.#turn?.abort(new Interrupted());
    }
  }

  #respond(response: object): void {
    this.#machine.output.record({ type: 'control_response', response });
  }

  #push(message: UserMessage): void {
    if (message.uuid !== undefined && !this.#machine.transcript.hasTaken(message.uuid))
      this.#tellLifecycle(message, 'queued');
    this.#inbox.push(message);
    this.#wakeUp();
  }

  /** How far claude is with a message that has an id. */
  #tellLifecycle({ uuid }: UserMessage, state: string): void {
    if (uuid === undefined) return;
    const about = { command_uuid: uuid, state, uuid: randomUUID(), session_id: this.#machine.sessionId };
    this.#machine.output.record({ type: 'command_lifecycle', ...about });
  }

  /** The next message; undefined once there can be no more. */
  async #next(): Promise<UserMessage | undefined> {
    while (this.#inbox.length === 0 && !(this.#isStdinOver && this.#tasks === 0))
      await new Promise<void>((resolve) => {
        this.#wakeUp = resolve;
      });
    return this.#inbox.shift();
  }

  async #answerAll(): Promise<number> {
    let isError = false;
    let isReady = false;
    for (let message; (message = await this.#next()) !== undefined;) {
      if (this.#machine.transcript.hasTaken(message.uuid)) {
        this.#tellLifecycle(message, 'completed');
        continue;
      }
      if (!isReady) await this.#machine.mcp.ready();
      isReady = true;
      isError = await this.#answer(message);
      if (this.#isStopping) return 0;
    }
    if (this.#machine.ignored.has('eof')) await hang(this.#life.signal);
    return isError ? 1 : 0;
  }

  /** Runs one turn to its result; true when that is an error. Throws Crash where the process is to end without one. */
  async #answer(message: UserMessage): Promise<boolean> {
    this.#turn = new AbortController();
    const turn = new Turn(this.#machine, message, AbortSignal.any([this.#turn.signal, this.#life.signal]));
    this.#tellLifecycle(message, 'started');
    this.#machine.transcript.addUser(message.script, message.uuid);
    try {
      return await runScript(turn);
    } catch (error) {
      if (!(error instanceof TurnOver)) throw error;
      this.#tellLifecycle(message, error.isError ? 'cancelled' : 'completed');
      return error.isError;
    } finally {
      this.#turn = null;
      this.#scheduleWakes();
      await this.#machine.output.flush();
    }
  }

  /** Turns that nobody asked for. Claude waits for its own background work, not for others who might write to it. */
  #scheduleWakes(): void {
    for (const { delayMs, origin, text } of this.#machine.wakes.splice(0)) {
      const isTask = origin === 'task-notification';
      if (isTask) this.#tasks += 1;
      const timer = setTimeout(() => {
        if (isTask) this.#tasks -= 1;
        const script = `say ${JSON.stringify(text)}`;
        this.#push({ blocks: [text], script, command: null, uuid: undefined, origin });
      }, delayMs);
      this.#life.signal.addEventListener('abort', () => clearTimeout(timer));
    }
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
