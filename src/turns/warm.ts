/** The client of warm agents. A host holds the agent of a session and runs its turns (see warm-host.ts). */
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
import { finishLostTurn, lostHost } from './lost-host.ts';
import { ProgressCounter } from './progress.ts';
import { hasWarmFiles, removeRunDirectory, removeWarmFiles } from './run-files.ts';
import type { Services } from './services.ts';
import type { StopRequest } from './stop-request.ts';

/** How long a host may take to accept or decline a turn. */
const ACCEPT_MS = 5_000;
const START_TRIES = 3;

/** A message for a warm agent. */
export interface WarmRequest {
  message: string;
  flags: RequestFlags;
  env: Record<string, string | undefined>;
  /** A turn that is queued already. */
  turnId?: number;
}

/** A turn that a host has accepted. */
export interface TakenTurn {
  /** Its records, like those of `sendTurn`. */
  outputs: AsyncGenerator<TurnOutput[]>;
  /** Disconnects without reading them. The host continues the turn. */
  leave(): void;
}

/** What the client of a turn provides. */
interface Client {
  stop: StopRequest;
  notice(sentence: string): void;
  /** Services to finish a turn whose host was lost. */
  services(): Promise<Services>;
}

/** Sends a message to the host of a session, which queues it; undefined when there is no host, or it declines. */
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
  const replies = readValues(socket) as AsyncGenerator<WarmReply>;
  const first = await replies.next();
  clearTimeout(timer);
  if (first.done === true || first.value.type !== 'accepted') {
    socket.destroy();
    return undefined;
  }
  const link = socket;
  const unlisten = client.stop.listen((reason) => void writeValue(link, { stop: reason }));
  const leave = (): void => {
    unlisten();
    link.destroy();
  };
  /** The next reply that is not a notice; undefined when the host was lost. Throws like `sendTurn`. */
  async function nextReply(): Promise<Exclude<WarmReply, { type: 'notice' | 'failed' }> | undefined> {
    for (;;) {
      const { value: reply, done: isLost } = await replies.next();
      if (isLost === true) return undefined;
      if (reply.type === 'failed')
        throw new SessionError(reply.code as ErrorCode, reply.message, { hint: reply.hint });
      if (reply.type !== 'notice') return reply;
      client.notice(reply.sentence);
    }
  }
  async function* outputs(turnId: number): AsyncGenerator<TurnOutput[]> {
    const told = new ProgressCounter();
    try {
      for (let reply = await nextReply(); reply !== undefined; reply = await nextReply()) {
        if (reply.type !== 'records') continue;
        const records = reply.records as TurnOutput[];
        for (const record of records) told.add(record);
        yield records.map((record) =>
          record.type === 'done' ? { ...record, text: readParts(replies) } : record,
        );
        if (records.some(({ type }) => type === 'done')) return;
      }
      yield* finishLostTurn(await client.services(), turnId, told);
    } finally {
      leave();
    }
  }
  try {
    const queued = await nextReply();
    if (queued?.type !== 'queued') throw lostHost(sessionId);
    return { outputs: outputs(queued.turnId), leave };
  } catch (error) {
    leave();
    throw error;
  }
}

/** Runs a turn in the host of a session, and starts a host when none accepts it. */
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

/** The text of the answer, which follows `done` in parts. */
async function* readParts(replies: AsyncGenerator<WarmReply>): AsyncGenerator<string> {
  for (;;) {
    const { value: reply, done: isLost } = await replies.next();
    if (isLost === true || reply.type !== 'part') return;
    yield reply.text;
  }
}

async function startHost(
  { env, paths, self, startHost: startOwn }: Services,
  { id }: Session,
): Promise<void> {
  // Ends processes of an earlier host that was killed.
  await sweep({ home: paths.home, sessionId: id });
  const { CLAUDE_SESSION_ID: _id, CLAUDE_SESSION_TURN_ID: _turn, ...rest } = env;
  try {
    if (startOwn !== undefined) await startOwn(id);
    else await startWarmHost(id, self, { ...rest, CLAUDE_SESSION_HOME: paths.home });
  } catch (error) {
    // The host of another client may have started first.
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

function definedOnly(env: WarmRequest['env']): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined)) as Record<
    string,
    string
  >;
}

/** At least this long without a turn. A turn that began a moment ago is not ended. */
const IDLE_MS = 1;

/**
 * Ends a session's warm agent where no turn runs, after a change of the session that its next turn is to have. One that
 * is busy is replaced at that turn.
 */
export async function closeIdleWarm(services: Pick<Services, 'paths'>, session: Session): Promise<void> {
  await closeWarm(services, session, IDLE_MS);
}

/** Ends a session's warm agent; with `ifIdleMs`, only if it was idle for that long. False when none was ended. */
export async function closeWarm(
  { paths }: Pick<Services, 'paths'>,
  session: Pick<Session, 'id'>,
  ifIdleMs?: number,
): Promise<boolean> {
  const infoPath = paths.warmInfo(session.id);
  const wasUp = readWarmInfo(infoPath) !== undefined && (await closeWarmHost(infoPath, ifIdleMs));
  // A host that keeps running still has its info file. One that starts just now holds the lock.
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
