import {
  chmodSync,
  lstatSync,
  mkdirSync,
  renameSync,
  rmSync,
  rmdirSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { dirname } from 'node:path';
import { FileLock } from '../system/lock.ts';
import { selfOwner } from '../system/owner.ts';
import { spawnAgent } from './process.ts';
import type { AgentProcess } from './process.ts';
import { stopAgent } from './stop.ts';
import { sweep } from './sweep.ts';
import type { WarmAnswer, WarmInfo, WarmOrder, WarmQuestion } from './warm-protocol.ts';

/** How often the host looks whether its agent is idle. */
const LOOKS_PER_IDLE = 20;
const MAX_LOOK_MS = 30_000;
const LOCK_MS = 5_000;
/** Who started the host, or asked whether its agent will do, has a message for it, and so long to hand it over. */
const RESERVED_MS = 10_000;

/**
 * Holds the stdin of one agent, so that it stays up between turns, and forwards what clients have for it.
 *
 * Says `ready` once clients can reach it. Resolves when the agent is gone: because it ended, was idle for too long by
 * the monotonic clock (so neither sleep nor a changed clock counts), or a client closed it. Leaves nothing behind.
 */
export async function runWarmHost(
  order: WarmOrder,
  home: string,
  ready: (info: WarmInfo) => void,
): Promise<void> {
  const lock = new FileLock(order.lockPath);
  // The one before may be about to end.
  if (!(await lock.acquire(LOCK_MS))) throw new Error('another host holds the session');
  try {
    const agent = await spawnAgent(order.command);
    const host = new WarmHost(order, agent);
    try {
      ready(await host.listen());
      await agent.exited;
    } finally {
      host.close();
      await stopAgent(agent);
      await sweep({ home, sessionId: order.sessionId });
      host.removeFiles();
    }
  } finally {
    lock.release();
    removeIfEmpty(dirname(order.infoPath));
  }
}

class WarmHost {
  readonly #order: WarmOrder;
  readonly #agent: AgentProcess;
  readonly #server: Server;
  readonly #look: NodeJS.Timeout;
  #activeAt = performance.now();
  #reservedUntil = performance.now() + RESERVED_MS;
  #logChangedAt = 0;
  #note: string;
  #isEnding = false;

  constructor(order: WarmOrder, agent: AgentProcess) {
    this.#order = order;
    this.#agent = agent;
    this.#note = order.note;
    this.#server = createServer({ allowHalfOpen: true }, (socket) => this.#serve(socket));
    const everyMs = Math.min(order.idleMs / LOOKS_PER_IDLE, MAX_LOOK_MS);
    this.#look = setInterval(() => this.#endIfIdle(), Math.max(everyMs, 10));
  }

  async listen(): Promise<WarmInfo> {
    const { socketPath, infoPath, idleMs, command } = this.#order;
    preparePrivateDirectory(dirname(socketPath));
    // Whoever held this path before is gone: the lock is ours.
    rmSync(socketPath, { force: true });
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(socketPath, resolve);
    });
    if (process.platform !== 'win32') chmodSync(socketPath, 0o600);
    const info: WarmInfo = {
      hostOwner: selfOwner(),
      agentOwner: this.#agent.owner,
      socketPath,
      logPath: command.logPath,
      idleMs,
      startedAt: Date.now(),
    };
    writeFileSync(`${infoPath}.new`, JSON.stringify(info), { mode: 0o600 });
    renameSync(`${infoPath}.new`, infoPath);
    return info;
  }

  close(): void {
    clearInterval(this.#look);
    this.#server.close();
  }

  /** Its word of itself goes last: as long as that is there, clients wait for it to end. */
  removeFiles(): void {
    const { socketPath, command, files, infoPath } = this.#order;
    for (const path of [socketPath, command.logPath, command.stderrPath, ...files, infoPath])
      rmSync(path, { force: true });
  }

  #serve(socket: Socket): void {
    const pieces: Buffer[] = [];
    socket.on('error', () => socket.destroy());
    socket.on('data', (piece: Buffer) => pieces.push(piece));
    socket.on('end', () => {
      const question = parseQuestion(Buffer.concat(pieces));
      if (question === undefined) socket.destroy();
      else
        void this.#answer(question).then((answer) =>
          answer === undefined ? socket.destroy() : socket.end(`${JSON.stringify(answer)}\n`),
        );
    });
  }

  /** Undefined once the agent is being ended: whoever wants it for a turn must not count on it. */
  async #answer(question: WarmQuestion): Promise<WarmAnswer | undefined> {
    if (question.ask === 'close') {
      const { ifIdleMs } = question;
      if (ifIdleMs === undefined || this.#isIdleFor(ifIdleMs)) await this.#endAgent();
    } else if (this.#isEnding) return undefined;
    const isFit = question.ask === 'status' && question.forUseAs === this.#order.shape;
    if (isFit) {
      this.#activeAt = performance.now();
      this.#reservedUntil = this.#activeAt + RESERVED_MS;
    }
    if (question.ask === 'input') {
      this.#activeAt = performance.now();
      this.#reservedUntil = 0;
      this.#note = question.note;
      if (question.markPath !== undefined) writeFileSync(question.markPath, '', { mode: 0o600 });
      await this.#agent.send(question.lines);
    }
    const idleLeftMs = Math.max(0, Math.round(this.#order.idleMs - this.#idleMs()));
    return { idleLeftMs, isFit, note: this.#note };
  }

  /** A log that grows is an agent at work, whoever follows it. */
  #idleMs(): number {
    const changedAt = statSync(this.#order.command.logPath, { throwIfNoEntry: false })?.mtimeMs ?? 0;
    if (changedAt !== this.#logChangedAt) this.#activeAt = performance.now();
    this.#logChangedAt = changedAt;
    return performance.now() - this.#activeAt;
  }

  #isIdleFor(ms: number): boolean {
    return this.#idleMs() >= ms && performance.now() >= this.#reservedUntil;
  }

  #endIfIdle(): void {
    if (!this.#isIdleFor(this.#order.idleMs)) return;
    clearInterval(this.#look);
    void this.#endAgent();
  }

  async #endAgent(): Promise<void> {
    this.#isEnding = true;
    await stopAgent(this.#agent, { interrupt: this.#agent.endInput });
  }
}

function parseQuestion(bytes: Buffer): WarmQuestion | undefined {
  try {
    return JSON.parse(bytes.toString()) as WarmQuestion;
  } catch {
    return undefined;
  }
}

function removeIfEmpty(path: string): void {
  try {
    rmdirSync(path);
  } catch {
    // A turn is in it.
  }
}

/** Throws when somebody else could reach into it. */
function preparePrivateDirectory(path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const { uid, mode } = lstatSync(path);
  const own = process.getuid?.();
  if (own !== undefined && (uid !== own || (mode & 0o077) !== 0)) throw new Error(`${path} is not private`);
}
