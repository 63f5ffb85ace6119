import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { readLines } from '../../../system/read-lines.ts';
import { Requests } from '../requests.ts';
import { CLOSED } from './server.ts';
import type { RpcAnswer, RpcRequest } from './server.ts';

/** How long a server has, after its stdin was closed and it was asked to end, before it is killed. */
const GRACE_MS = 400;

/** A server that is a program: JSON-RPC, a line a message. */
export class ServerProcess {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #requests = new Requests<RpcAnswer>();

  constructor(command: string, args: string[], surroundings: { cwd: string; env: NodeJS.ProcessEnv }) {
    this.#child = spawn(command, args, { ...surroundings, stdio: ['pipe', 'pipe', 'ignore'] });
    for (const event of ['error', 'close'] as const)
      this.#child.on(event, () => this.#requests.close(CLOSED));
    this.#child.stdin.on('error', () => {});
    void this.#read();
  }

  async exchange(message: RpcRequest): Promise<RpcAnswer | undefined> {
    const send = (): void => void this.#child.stdin.write(`${JSON.stringify(message)}\n`);
    if (message.id !== undefined) return await this.#requests.ask(String(message.id), send);
    send();
    return undefined;
  }

  /** Ends the program, or lets it be. */
  async stop(isLeft: boolean): Promise<void> {
    const child = this.#child;
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.stdin.end();
    if (isLeft) child.unref();
    else if (child.kill('SIGTERM')) {
      const timer = setTimeout(() => child.kill('SIGKILL'), GRACE_MS);
      await new Promise((resolve) => child.once('exit', resolve));
      clearTimeout(timer);
    }
    child.stdin.destroy();
    child.stdout.destroy();
  }

  /** Lines that are no JSON are a server's chatter, and passed over. */
  async #read(): Promise<void> {
    try {
      for await (const line of readLines(this.#child.stdout)) {
        const answer = parseAnswer(line ?? '');
        if (answer?.id !== undefined) this.#requests.answer(String(answer.id), answer);
      }
    } catch {
      // Destroyed: the server is being stopped.
    }
  }
}

function parseAnswer(line: string): RpcAnswer | undefined {
  try {
    return JSON.parse(line) as RpcAnswer;
  } catch {
    return undefined;
  }
}
