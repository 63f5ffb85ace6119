/** The client's side of warm agents: a host holds the agent of a session and runs its turns (see warm-host.ts). */
import { rmSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { sweep } from '../agents/process/sweep.ts';
import { closeWarmHost, startWarmHost } from '../agents/process/warm-client.ts';
import { findWarmHost, readWarmInfo } from '../agents/process/warm-info.ts';
import { connectTo, readValues, writeValue } from '../agents/process/warm-link.ts';
import { chooseSocketPath } from '../agents/process/warm-protocol.ts';
import type { WarmTurn, WarmReply } from '../agents/process/warm-protocol.ts';
import { SessionError } from '../errors.ts';
import type { ErrorCode } from '../errors.ts';
import type { TurnOutput } from '../model/records.ts';
import type { Paths } from '../settings/paths.ts';
import { FileLock } from '../system/lock.ts';
import { VERSION } from '../version.ts';
import type { RequestFlags } from './request.ts';
import type { Session } from '../model/model.ts';
import { hasWarmFiles, removeRunDirectory, removeWarmFiles } from './run-files.ts';
import type { Services } from './services.ts';
import type { StopRequest } from './stop-request.ts';

/** How long a host may take to say whether it takes a turn. */
const ACCEPT_MS = 5_000;
const START_TRIES = 3;

/** A message for a warm agent, from whoever sends it. */
export interface WarmRequest {
  message: string;
  flags: RequestFlags;
  env: Record<string, string | undefined>;
  /** A queued turn of ours to hand over. */
  turnId?: number;
}

/** A turn that a host has taken. */
export interface TakenTurn {
  /** Its records, as `sendTurn` yields them. */
  outputs: AsyncGenerator<TurnOutput[]>;
  /** Leaves the turn to its host, in place of reading them. */
  leave(): void;
}

/** What else the client of a turn has. */
interface Client {
  stop: StopRequest;
  notice(sentence: string): void;
  /** For the rest of a turn whose host was lost. */
  services(): Promise<Services>;
}

/** Hands a message to the host of a session, which queues it; undefined where there is none, or it does not take it. */
export async function askForTurn(
  paths: Paths,
  sessionId: string,
  request: WarmRequest,
  client: Client,
): Promise<TakenTurn | undefined> {
  const socket = await connectTo(chooseSocketPath(paths.sessionRun(sessionId)));
  if (socket === undefined) return undefined;
  const turn: WarmTurn = {
    version: VERSION,
    message: request.message,
    flags: request.flags,
    env: definedOnly(request.env),
    turnId: request.turnId ?? null,
  };
  const timer = setTimeout(() => socket.destroy(), ACCEPT_MS);
  void writeValue(socket, { ask: 'turn', ...turn });
  const words = readValues(socket) as AsyncGenerator<WarmReply>;
  const first = await words.next();
  clearTimeout(timer);
  if (first.done === true || first.value.word !== 'accepted') {
    socket.destroy();
    return undefined;
  }
  const link = socket;
  const unlisten = client.stop.listen((reason) => void writeValue(link, { stop: reason }));
  const leave = (): void => {
    unlisten();
    link.destroy();
  };
  /** The next of what is said that is no notice; undefined where the host is lost. Throws as `sendTurn` does. */
  async function hear(): Promise<Exclude<WarmReply, { word: 'notice' | 'failed' }> | undefined> {
    for (;;) {
      const { value: word, done: isLost } = await words.next();
      if (isLost === true) return undefined;
      if (word.word === 'failed')
        throw new SessionError(word.code as ErrorCode, word.message, { hint: word.hint });
      if (word.word !== 'notice') return word;
      client.notice(word.sentence);
    }
  }
  async function* outputs(turnId: number): AsyncGenerator<TurnOutput[]> {
    const told = new Told();
    try {
      for (let word = await hear(); word !== undefined; word = await hear()) {
        if (word.word !== 'records') continue;
        const records = word.records as TurnOutput[];
        for (const record of records) told.add(record);
        yield records.map((record) =>
          record.type === 'done' ? { ...record, text: readParts(words) } : record,
        );
        if (records.some(({ type }) => type === 'done')) return;
      }
      yield* seeThrough(await client.services(), turnId, told);
    } finally {
      leave();
    }
  }
  try {
    const queued = await hear();
    if (queued?.word !== 'queued') throw lostHost(sessionId);
    return { outputs: outputs(queued.turnId), leave };
  } catch (error) {
    leave();
    throw error;
  }
}

/** Has the host of a session run a turn, and starts one where there is none that takes it. */
export async function sendWarm(
  services: Services,
  session: Session,
  request: WarmRequest,
  stop: StopRequest,
): Promise<TakenTurn> {
  const client: Client = { stop, notice: services.notice, services: async () => services };
  for (let tries = START_TRIES; ; tries--) {
    stop.throwIfAsked();
    const taken = await askForTurn(services.paths, session.id, request, client);
    if (taken !== undefined) return taken;
    if (tries === 0) throw lostHost(session.id);
    await closeWarm(services, session);
    await startHost(services, session);
  }
}

/** The text of the answer, which follows its `done` in parts. */
async function* readParts(words: AsyncGenerator<WarmReply>): AsyncGenerator<string> {
  for (;;) {
    const { value: word, done: isLost } = await words.next();
    if (isLost === true || word.word !== 'part') return;
    yield word.text;
  }
}

/** How much of a turn was told already. */
class Told {
  #lengths: number[] = [];
  calls = 0;
  hasStarted = false;

  get units(): number {
    return this.#lengths.reduce((sum, length) => sum + length, 0);
  }

  add(record: TurnOutput): void {
    if (record.type === 'start') this.hasStarted = true;
    if (record.type === 'tool_call') this.calls++;
    if (record.type === 'text') this.#lengths.push(record.content.length);
    if (record.type === 'discard') this.#lengths.splice(-record.count, record.count);
  }
}

/** The rest of a turn whose host was lost, from the store once it has ended. */
async function* seeThrough(services: Services, turnId: number, told: Told): AsyncGenerator<TurnOutput[]> {
  const { store } = services;
  const { waitForEnd } = await import('./watch.ts');
  const { tellRest, tellStoredEnd, tellStoredTurn } = await import('./stored-turn.ts');
  const turn = await store.turns.find(turnId);
  const session = turn && (await store.sessions.find(turn.sessionId));
  const end = session && (await waitForEnd(services, session, turnId, new AbortController().signal));
  if (session === undefined || end === undefined)
    throw new SessionError('NO_SESSION', `Turn ${turnId} was removed meanwhile.`);
  if (!told.hasStarted) return yield* tellStoredTurn(store, session, end);
  if (end.limits.redact === undefined) yield* tellRest(store, end, told);
  yield await tellStoredEnd(store, end);
  return undefined;
}

async function startHost(
  { env, paths, self, startHost: startOwn }: Services,
  { id }: Session,
): Promise<void> {
  // What an earlier host left when it was killed.
  await sweep({ home: paths.home, sessionId: id });
  const { CLAUDE_SESSION_ID: _id, CLAUDE_SESSION_TURN_ID: _turn, ...rest } = env;
  try {
    if (startOwn !== undefined) await startOwn(id);
    else await startWarmHost(id, self, { ...rest, CLAUDE_SESSION_HOME: paths.home });
  } catch (error) {
    // Another client's host may have been quicker.
    for (let left = 50; left > 0; left--) {
      if (findWarmHost(paths.warmInfo(id)) !== undefined) return;
      await pause(20);
    }
    throw new SessionError(
      'AGENT_FAILED',
      `The host of the warm agent could not be started: ${(error as Error).message}.`,
      { hint: 'Send without --warm, or see "session doctor".', cause: error },
    );
  }
}

function lostHost(sessionId: string): SessionError {
  return new SessionError('AGENT_FAILED', `The host of the warm agent of session ${sessionId} was lost.`, {
    hint: `See what is stored with "session history ${sessionId}".`,
  });
}

function definedOnly(env: WarmRequest['env']): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined)) as Record<
    string,
    string
  >;
}

/** Ends a session's warm agent; with `ifIdleMs`, only if it was of no use for so long. False when there was none to end. */
export async function closeWarm(
  { paths }: Pick<Services, 'paths'>,
  session: Pick<Session, 'id'>,
  ifIdleMs?: number,
): Promise<boolean> {
  const infoPath = paths.warmInfo(session.id);
  const wasUp = readWarmInfo(infoPath) !== undefined && (await closeWarmHost(infoPath, ifIdleMs));
  // Where it stays up, its word of itself is there yet; where it comes up just now, its lock is held.
  const lock = new FileLock(paths.warmLock(session.id));
  if (!hasWarmFiles(paths, session.id) || findWarmHost(infoPath) !== undefined || !lock.tryAcquire())
    return wasUp;
  try {
    await sweep({ home: paths.home, sessionId: session.id });
    rmSync(chooseSocketPath(paths.sessionRun(session.id)), { force: true });
    removeWarmFiles(paths, session.id);
  } finally {
    lock.release();
  }
  removeRunDirectory(paths, session.id);
  return wasUp;
}
