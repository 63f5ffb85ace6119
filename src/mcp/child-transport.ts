import type { ChildProcessByStdio } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { ReadBuffer, serializeMessage } from '@modelcontextprotocol/client';
import type { JSONRPCMessage, Transport } from '@modelcontextprotocol/client';
import { signalGroup } from '../system/process-group.ts';
import { startProcess } from '../system/start-process.ts';

export interface ChildCommand {
  command: string;
  args: string[];
  cwd: string;
  env: Record<string, string>;
}

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

const STDERR_KEPT = 2000;
const GRACE_MS = 500;

/**
 * Speaks MCP with a child process over its stdin and stdout.
 *
 * Unlike the transport of the library, it makes the child the leader of a process group and ends the whole group. So a
 * server started through a shell or a package runner does not outlive us.
 */
export class ChildTransport implements Transport {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: (message: JSONRPCMessage) => void;
  /** The end of the child's stderr. */
  stderr = '';
  /** How the child ended; undefined while it runs. */
  ending: string | undefined;

  readonly #command: ChildCommand;
  readonly #buffer = new ReadBuffer();
  #child: Child | undefined;

  constructor(command: ChildCommand) {
    this.#command = command;
  }

  async start(): Promise<void> {
    const { command, args, cwd, env } = this.#command;
    const detached = process.platform !== 'win32';
    const started = await startProcess(command, args, { cwd, env, detached, stdio: 'pipe' });
    const child = started.child as Child;
    this.#child = child;
    child.stdin.on('error', () => {});
    child.stdout.on('data', (chunk: Buffer) => this.#receive(chunk));
    child.stderr.on('data', (chunk: Buffer) => {
      this.stderr = (this.stderr + chunk.toString()).slice(-STDERR_KEPT);
    });
    child.on('close', (code, signal) => {
      this.ending = signal === null ? `exit status ${code}` : `signal ${signal}`;
      this.onclose?.();
    });
  }

  send(message: JSONRPCMessage): Promise<void> {
    return new Promise((resolve) => {
      if (this.#child?.stdin.writable) this.#child.stdin.write(serializeMessage(message), () => resolve());
      else resolve();
    });
  }

  /** Closes the child's stdin, and ends the rest of its group after a short grace period. */
  async close(): Promise<void> {
    const pid = this.#child?.pid;
    this.#child?.stdin.end();
    if (pid === undefined) return;
    for (const signal of [0, 'SIGTERM', 'SIGKILL'] as const) {
      signalGroup(pid, signal);
      for (let waitedMs = 0; waitedMs < GRACE_MS && signalGroup(pid, 0); waitedMs += 10) await sleep(10);
      if (!signalGroup(pid, 0)) return;
    }
  }

  #receive(chunk: Buffer): void {
    this.#buffer.append(chunk);
    for (;;) {
      try {
        const message = this.#buffer.readMessage();
        if (message === null) return;
        this.onmessage?.(message);
      } catch (error) {
        this.onerror?.(error as Error);
      }
    }
  }
}
