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
import { SessionError } from '../errors.ts';
import type { TurnOutput } from '../model/records.ts';
import type { Paths } from '../settings/paths.ts';
import { loadSettings } from '../settings/settings.ts';
import type { Store } from '../store/store.ts';
import { FileLock } from '../system/lock.ts';
import { selfOwner } from '../system/owner.ts';
import { VERSION } from '../version.ts';
import { noticeLeftOut } from './left-out.ts';
import { completeRequest, isForWarmAgent } from './request.ts';
import type { RequestFlags } from './request.ts';
import { removeRunDirectory, removeWarmFiles } from './run-files.ts';
import { adoptQueued, queueTurn, runQueued } from './send.ts';
import { createMasker } from './redact.ts';
import type { Services } from './services.ts';
import { StopRequest } from './stop-request.ts';
import type { StopReason } from './stop-request.ts';
import { WarmAgent } from './warm-agent.ts';

/** How often the host looks whether its agent is idle. */
const LOOKS_PER_IDLE = 20;
const MAX_LOOK_MS = 30_000;
/** How often another machine, which cannot look for this process, is shown that it lives. */
const SIGN_OF_LIFE_MS = 15_000;
/** Who started the host has a turn for it, and so long to ask. */
const FIRST_TURN_MS = 10_000;

export interface HostPlace {
  sessionId: string;
  paths: Paths;
  self: [node: string, bundle: string];
  openStore(): Promise<Store>;
  /** Whether the process is a program that does more than this. */
  isGuest: boolean;
}

/**
 * Holds the agent of one session and runs the turns that clients ask for, so that a turn costs its client no more than a
 * connection. The host owns these turns: a client that goes away changes nothing.
 *
 * Calls `ready` once clients can reach it. Resolves when the agent was of no use for too long by the monotonic clock (so
 * neither sleep nor a changed clock counts), or a client closed it. Leaves nothing behind.
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
  /** The turns that are here, each with the way to stop it. */
  readonly #turns = new Map<StopRequest, number | undefined>();
  #hasServed = false;
  /** No more turns are taken. */
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
    // Whoever held this path before is gone: the lock is ours.
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
    const question = value as WarmRequest | undefined;
    if (question?.ask === 'turn') await this.#runTurn(question, socket, values as AsyncGenerator<WarmStop>);
    else if (question !== undefined) void writeValue(socket, await this.#answer(question));
    socket.end();
  }

  async #answer(question: Exclude<WarmRequest, { ask: 'turn' }>): Promise<WarmStatus> {
    const idleForMs = Math.round(this.#idleForMs());
    if (question.ask === 'stop')
      for (const [stop, turnId] of this.#turns) if (turnId === question.turnId) stop.ask('cancel');
    if (question.ask === 'close' && idleForMs >= (question.ifIdleMs ?? 0)) {
      this.#isEnding = this.#turns.size === 0;
      await this.#agent.end();
      if (this.#isEnding) this.#finish();
    }
    return { idleForMs, idleLeftMs: Math.max(0, this.#idleMs - idleForMs), staysUp: !this.#isEnding };
  }

  async #runTurn(turn: WarmTurn, socket: Socket, later: AsyncGenerator<WarmStop>): Promise<void> {
    const say = (word: WarmReply): Promise<void> | undefined => writeValue(socket, word);
    const { paths, self, sessionId } = this.#place;
    const stop = new StopRequest();
    if (turn.version !== VERSION || this.#isEnding) return void say({ word: 'declined' });
    this.#turns.set(stop, undefined);
    let mask = (text: string): string => text;
    try {
      const session = await this.#store.sessions.find(sessionId);
      if (session === undefined) return void say({ word: 'declined' });
      const settings = (await loadSettings({ env: turn.env, paths, root: session.root })).value;
      mask = createMasker(settings);
      const request = completeRequest(turn.message, turn.flags as RequestFlags, settings, session);
      if (!isForWarmAgent(request)) return void say({ word: 'declined' });
      void say({ word: 'accepted' });
      void obey(later, stop);
      this.#idleMs = request.idleMs;
      const services: Services = {
        store: this.#store,
        paths,
        settings,
        env: turn.env,
        self,
        notice: (sentence) => void say({ word: 'notice', sentence: mask(sentence) }),
        warm: this.#agent,
      };
      noticeLeftOut(session.root, services);
      const queued =
        turn.turnId === null
          ? await queueTurn(services, session, request)
          : await adoptQueued(services, turn.turnId);
      this.#turns.set(stop, queued.id);
      this.#hasServed = true;
      void say({ word: 'queued', turnId: queued.id });
      for await (const outputs of runQueued(services, session, queued, request, stop, turn.turnId !== null))
        await tell(outputs, say);
      void say({ word: 'end' });
    } catch (error) {
      const { code, message, hint } =
        error instanceof SessionError ? error : new SessionError('AGENT_FAILED', (error as Error).message);
      void say({ word: 'failed', code, message: mask(message), hint: hint && mask(hint) });
    } finally {
      this.#turns.delete(stop);
      this.#activeAt = performance.now();
      this.#watchIdle();
    }
  }

  #idleForMs(): number {
    return this.#turns.size > 0 ? 0 : performance.now() - this.#activeAt;
  }

  /** Ends the host when it was idle for too long, or its agent has left. */
  #watchIdle(): void {
    clearTimeout(this.#look);
    if (this.#turns.size > 0) return;
    const isLeft = this.#hasServed && !this.#agent.isUp;
    if (isLeft || this.#idleForMs() >= this.#idleMs) {
      this.#isEnding = true;
      return this.#finish();
    }
    const everyMs = Math.max(Math.min(this.#idleMs / LOOKS_PER_IDLE, MAX_LOOK_MS), 10);
    this.#look = setTimeout(() => this.#watchIdle(), everyMs);
  }
}

/** Stops the turn as its client asks; a client that is gone asks for nothing. */
async function obey(later: AsyncGenerator<WarmStop>, stop: StopRequest): Promise<void> {
  for await (const { stop: reason } of later) stop.ask(reason as StopReason);
}

/** Tells the client of a turn, at its pace. The text of a `done` goes in parts, since it may be long. */
async function tell(
  outputs: readonly TurnOutput[],
  say: (word: WarmReply) => Promise<void> | undefined,
): Promise<void> {
  const done = outputs.find((output) => output.type === 'done');
  await say({
    word: 'records',
    records: outputs.map((output) => (output === done ? { ...done, text: '' } : output)),
  });
  if (done === undefined) return;
  const parts = typeof done.text === 'string' ? [done.text] : done.text;
  for await (const text of parts) await say({ word: 'part', text });
}

/** Throws when somebody else could reach into it. */
function preparePrivateDirectory(path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const { uid, mode } = lstatSync(path);
  const own = process.getuid?.();
  if (own !== undefined && (uid !== own || (mode & 0o077) !== 0)) throw new Error(`${path} is not private`);
}
