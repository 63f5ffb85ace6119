import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import type { JSONRPCMessage, Transport } from '@modelcontextprotocol/client';
import { readLines } from '../inbox.ts';
import type { LocalServer } from './config.ts';

/** How long a server has, after its stdin was closed and it was asked to end, before it is killed. */
const GRACE_MS = 400;

/**
 * A server process, spoken to a line a message, in the mock's own process group as claude's are.
 *
 * Unlike the library's own transport it can be let go without being stopped ({@link StdioTransport.abandon}),
 * since that is what claude does with a server that never answered.
 */
export class StdioTransport implements Transport {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: NonNullable<Transport['onmessage']>;
  readonly #server: LocalServer;
  readonly #cwd: string;
  readonly #env: Record<string, string>;
  #child: ChildProcessByStdio<Writable, Readable, null> | undefined;

  constructor(server: LocalServer, cwd: string, env: Record<string, string>) {
    this.#server = server;
    this.#cwd = cwd;
    this.#env = env;
  }

  async start(): Promise<void> {
    const child = spawn(this.#server.command, this.#server.args, {
      cwd: this.#cwd,
      env: this.#env,
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    this.#child = child;
    child.stdin.on('error', () => {});
    child.on('close', () => this.onclose?.());
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve).once('error', reject);
    });
    void this.#read(child.stdout);
  }

  async send(message: JSONRPCMessage): Promise<void> {
    this.#child?.stdin.write(`${JSON.stringify(message)}\n`);
  }

  /** Closes its stdin, asks it to end, and kills it when it does not. */
  async close(): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise<void>((resolve) => {
      child.once('exit', () => resolve());
    });
    child.stdin.end();
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), GRACE_MS);
    await ended;
    clearTimeout(timer);
    child.stdout.destroy();
  }

  /** Leaves the process to itself; it does not keep ours from ending. */
  abandon(): void {
    const child = this.#child;
    this.#child = undefined;
    child?.unref();
    child?.stdin.destroy();
    child?.stdout.destroy();
    this.onclose?.();
  }

  async #read(stdout: Readable): Promise<void> {
    try {
      for await (const line of readLines(stdout)) {
        const message = parseMessage(line);
        if (message !== undefined) this.onmessage?.(message);
      }
    } catch {
      // The stream was destroyed: the server is being stopped.
    }
  }
}

/** Lines that are no JSON are a server's chatter, and passed over. */
function parseMessage(line: string): JSONRPCMessage | undefined {
  try {
    return JSON.parse(line) as JSONRPCMessage;
  } catch {
    return undefined;
  }
}
