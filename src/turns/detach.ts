import type { Readable, Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { SessionError } from '../errors.ts';
import { isSelf } from '../system/owner.ts';
import { startProcess } from '../system/start-process.ts';
import type { Session, Turn } from '../model/model.ts';
import { requireFirst } from './queue.ts';
import { isForWarmAgent } from './request.ts';
import type { RequestFlags, SendRequest } from './request.ts';
import { queueTurn, runQueued } from './send.ts';
import type { Services } from './services.ts';
import { StopRequest } from './stop-request.ts';
import { sendWarm } from './warm.ts';

/** The argument for the process that runs a detached turn. The message is in the store. */
export interface DetachedTurn {
  turnId: number;
  request: Omit<SendRequest, 'message'>;
  /** Whether the message comes on stdin, because the stored one is masked. */
  isMasked: boolean;
}

/** The hidden command that runs a detached turn. Its argument is a DetachedTurn in JSON. */
const RUN_TURN = 'run-turn';

/**
 * Queues a turn and starts a process for it, which owns the turn when this resolves. Throws BUSY when it may not wait.
 */
export async function detachTurn(
  services: Services,
  session: Session,
  request: SendRequest,
  flags: RequestFlags,
): Promise<Turn> {
  const turn = await queueTurn(services, session, request);
  if (request.waitMs === 0) await requireFirst(services, session, turn);
  if (isForWarmAgent(request)) {
    const handed = { message: request.message, flags, env: services.env, turnId: turn.id };
    (await sendWarm(services, session, handed, new StopRequest())).leave();
    return turn;
  }
  const { message: _, ...given } = request;
  const rest = { ...given, files: given.files.map((file) => ({ ...file, content: '' })) };
  const isMasked = turn.limits.redact !== undefined;
  const work: DetachedTurn = { turnId: turn.id, request: rest, isMasked };
  const [node, bundle] = services.self;
  // Without the mark of an agent whose tool sent the turn, the process is not ended with that agent.
  const { CLAUDE_SESSION_ID: _id, CLAUDE_SESSION_TURN_ID: _turn, ...env } = services.env;
  const started = await startProcess(node, [bundle, RUN_TURN, JSON.stringify(work)], {
    cwd: session.root,
    env: { ...env, CLAUDE_SESSION_HOME: services.paths.home },
    detached: true,
    stdio: [isMasked ? 'pipe' : 'ignore', 'ignore', 'ignore'],
  }).catch(() => undefined);
  const owner = started && (await services.store.turns.adopt(turn.id, turn.owner, started.owner));
  if (started === undefined || owner === undefined) {
    await services.store.turns.withdraw(turn.id, turn.owner!);
    throw new SessionError('AGENT_FAILED', 'No process could be started for the turn.');
  }
  const { child } = started;
  if (child.stdin) await handOver(child.stdin, request.message);
  child.unref();
  return { ...turn, owner };
}

/** Runs a detached turn to its end, in the process that owns it. A turn that can't start ends as failed. */
export async function runDetached(
  services: Services,
  work: DetachedTurn,
  stop: StopRequest,
  stdin: Readable,
): Promise<void> {
  const { store } = services;
  const turn = await ownedTurn(services, work.turnId);
  const session = await store.sessions.find(turn.sessionId);
  if (session === undefined) return;
  let message = '';
  const parts = work.isMasked ? stdin.setEncoding('utf8') : store.messages.readContent(turn.id * 2);
  for await (const part of parts) message += String(part);
  const request: SendRequest = { ...work.request, message };
  try {
    for await (const _ of runQueued(services, session, turn, request, stop, true));
  } catch (error) {
    if (!(error instanceof SessionError)) throw error;
  }
}

/** Sends the message to the other process. If that process dies, the next command settles the turn. */
async function handOver(stdin: Writable, message: string): Promise<void> {
  stdin.end(message);
  await finished(stdin, { readable: false }).catch(() => {});
}

/** The parent changes the turn's owner just after it starts this process, so it may not be done yet. */
async function ownedTurn({ store }: Services, id: number): Promise<Turn> {
  for (let left = 200; left > 0; left--) {
    const turn = await store.turns.find(id);
    if (turn?.owner && isSelf(turn.owner)) return turn;
    if (turn === undefined || turn.endedAt !== null) break;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new SessionError('INTERRUPTED', `Turn ${id} was not handed over.`);
}
