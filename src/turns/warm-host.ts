import { chmodSync, lstatSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { dirname } from 'node:path';
import { readValues, writeValue } from '../agents/process/warm-link.ts';
import { chooseSocketPath } from '../agents/process/warm-protocol.ts';
import type {
  WarmInfo,
  WarmRequest,
  WarmStatus,
  WarmStop,
  WarmTurn,
  WarmReply,
} from '../agents/process/warm-protocol.ts';
import type { Paths } from '../settings/paths.ts';
import type { Store } from '../store/store.ts';
import { FileLock } from '../system/lock.ts';
import { selfOwner } from '../system/owner.ts';
import { VERSION } from '../version.ts';
import { removeRunDirectory, removeWarmFiles } from './run-files.ts';
import { StopRequest } from './stop-request.ts';
import { WarmAgent } from './warm-agent.ts';
import { runClientTurn } from './warm-turn.ts';

/** The number of idle checks within the idle time. */
const CHECKS_PER_IDLE = 20;
const MAX_LOOK_MS = 30_000;
/** How often another machine, which cannot look for this process, is shown that it lives. */
const SIGN_OF_LIFE_MS = 15_000;
/** How long the client that started the host may take to send its turn. */
const FIRST_TURN_MS = 10_000;

export interface HostPlace {
  sessionId: string;
  paths: Paths;
  self: [node: string, bundle: string];
  openStore(): Promise<Store>;
  /** Whether the host runs inside a program of the user. */
  isGuest: boolean;
}

/**
 * Holds the agent of one session and runs the turns that clients send, so that a client only needs a connection. The
 * host owns these turns, so they continue when a client exits.
 *
 * Calls `ready` when clients can reach it. Resolves when the agent was idle for too long by the monotonic clock (which
 * ignores sleep and clock changes), or a client closed it. Leaves no files and processes.
 */
export async function runWarmHost(place: HostPlace, ready: () => void): Promise<void> {
  const { paths, sessionId } = place;
  mkdirSync(paths.sessionRun(sessionId), { recursive: true, mode: 0o700 });
  const lock = new FileLock(paths.warmLock(sessionId));
  if (!lock.tryAcquire()) throw new Error('another host holds the session');
  const signs = setInterval(() => lock.confirm(), SIGN_OF_LIFE_MS).unref();
  try {
    const host = new WarmHost(place, await place.openStore());
    await host.run(ready);
  } finally {
    clearInterval(signs);
    lock.release();
    removeRunDirectory(paths, sessionId);
  }
}

class WarmHost {
  readonly #place: HostPlace;
  readonly #store: Store;
  readonly #agent: WarmAgent;
  readonly #server: Server;
  readonly #socketPath: string;
  readonly #startedAt = Date.now();
  /** The turns of this host, with the request to stop each. */
  readonly #turns = new Map<StopRequest, number | undefined>();
  #hasServed = false;
  /** Whether new turns are declined. */
  #isEnding = false;
  #idleMs = FIRST_TURN_MS;
  #activeAt = performance.now();
  #look: NodeJS.Timeout | undefined;
  #finish!: () => void;
  readonly #finished: Promise<void>;

  constructor(place: HostPlace, store: Store) {
    this.#place = place;
    this.#store = store;
    this.#socketPath = chooseSocketPath(place.paths.sessionRun(place.sessionId));
    this.#agent = new WarmAgent(place.paths, place.sessionId, () => this.#writeInfo());
    this.#server = createServer({ allowHalfOpen: true }, (socket) => void this.#serve(socket));
    this.#finished = new Promise((resolve) => (this.#finish = resolve));
  }

  async run(ready: () => void): Promise<void> {
    const { paths, sessionId } = this.#place;
    try {
      await this.#listen();
      ready();
      await this.#finished;
    } finally {
      clearTimeout(this.#look);
      this.#server.close();
      await this.#agent.end();
      rmSync(this.#socketPath, { force: true });
      removeWarmFiles(paths, sessionId);
      await this.#store.close();
    }
  }

  async #listen(): Promise<void> {
    preparePrivateDirectory(dirname(this.#socketPath));
    // We hold the lock, so a socket at this path is of a dead host.
    rmSync(this.#socketPath, { force: true });
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(this.#socketPath, resolve);
    });
    if (process.platform !== 'win32') chmodSync(this.#socketPath, 0o600);
    this.#writeInfo();
    this.#watchIdle();
  }

  #writeInfo(): void {
    const { paths, sessionId } = this.#place;
    const path = paths.warmInfo(sessionId);
    const info: WarmInfo = {
      hostOwner: selfOwner(),
      isGuest: this.#place.isGuest,
      agentOwner: this.#agent.owner,
      socketPath: this.#socketPath,
      logPath: paths.warmLog(sessionId),
      startedAt: this.#startedAt,
    };
    writeFileSync(`${path}.new`, JSON.stringify(info), { mode: 0o600 });
    renameSync(`${path}.new`, path);
  }

  async #serve(socket: Socket): Promise<void> {
    socket.on('error', () => socket.destroy());
    const values = readValues(socket);
    const { value } = await values.next();
    const request = value as WarmRequest | undefined;
    if (request?.ask === 'turn') await this.#runTurn(request, socket, values as AsyncGenerator<WarmStop>);
    else if (request !== undefined) void writeValue(socket, await this.#answer(request));
    socket.end();
  }

  async #answer(request: Exclude<WarmRequest, { ask: 'turn' }>): Promise<WarmStatus> {
    const idleForMs = Math.round(this.#idleForMs());
    if (request.ask === 'stop')
      for (const [stop, turnId] of this.#turns) if (turnId === request.turnId) stop.ask('cancel');
    if (request.ask === 'close' && idleForMs >= (request.ifIdleMs ?? 0)) {
      this.#isEnding = this.#turns.size === 0;
      await this.#agent.end();
      if (this.#isEnding) this.#finish();
    }
    return { idleForMs, idleLeftMs: Math.max(0, this.#idleMs - idleForMs), staysUp: !this.#isEnding };
  }

  async #runTurn(turn: WarmTurn, socket: Socket, later: AsyncGenerator<WarmStop>): Promise<void> {
    const reply = (value: WarmReply): Promise<void> | undefined => writeValue(socket, value);
    if (turn.version !== VERSION || this.#isEnding) return void reply({ type: 'declined' });
    const stop = new StopRequest();
    this.#turns.set(stop, undefined);
    await runClientTurn({
      place: this.#place,
      store: this.#store,
      agent: this.#agent,
      turn,
      later,
      stop,
      reply,
      onAccepted: (idleMs) => (this.#idleMs = idleMs),
      onQueued: (turnId) => {
        this.#turns.set(stop, turnId);
        this.#hasServed = true;
      },
    });
    this.#turns.delete(stop);
    this.#activeAt = performance.now();
    this.#watchIdle();
  }

  #idleForMs(): number {
    return this.#turns.size > 0 ? 0 : performance.now() - this.#activeAt;
  }

  /** Ends the host when it was idle for too long, or its agent has exited. */
  #watchIdle(): void {
    clearTimeout(this.#look);
    if (this.#turns.size > 0) return;
    const isLeft = this.#hasServed && !this.#agent.isUp;
    if (isLeft || this.#idleForMs() >= this.#idleMs) {
      this.#isEnding = true;
      return this.#finish();
    }
    const everyMs = Math.max(Math.min(this.#idleMs / CHECKS_PER_IDLE, MAX_LOOK_MS), 10);
    this.#look = setTimeout(() => this.#watchIdle(), everyMs);
  }
}

/** Throws when another user could access it. */
function preparePrivateDirectory(path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const { uid, mode } = lstatSync(path);
  const own = process.getuid?.();
  if (own !== undefined && (uid !== own || (mode & 0o077) !== 0)) throw new Error(`${path} is not private`);
}
