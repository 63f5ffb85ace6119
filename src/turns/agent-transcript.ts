/**
 * Transfers an agent's transcript between machines that share a store. It is stored there before each turn ends, and
 * written to its place before a turn on a machine that lacks it. A transcript is not masked, so it is not stored for a
 * turn whose secrets are masked.
 */
import { createHash } from 'node:crypto';
import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  statSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { transcriptPath } from '../agents/claude/transcript.ts';
import { SessionError } from '../errors.ts';
import type { Session, Turn } from '../model/model.ts';
import type { KeptPiece, TranscriptStore } from '../store/transcript-store.ts';
import { isAlive } from '../system/owner.ts';
import { freshRoute } from './continuity.ts';
import type { Route } from './continuity.ts';
import type { Services } from './services.ts';
import { closeWarm } from './warm.ts';

const PIECE_BYTES = 1 << 20;
const LOOK_BACK_TURNS = 20;
/** A warm agent writes its last lines a moment after its result. */
const QUIET_MS = 200;

type Place = Pick<Services, 'store' | 'paths' | 'env'>;

/** Stores the new part of a transcript. When that fails, an agent on another machine gets the history by replay. */
export async function keepTranscript(
  { store, paths, env }: Place,
  session: Session,
  turn: Turn,
  conversation: string,
  isAgentUp: boolean,
): Promise<void> {
  const { transcripts } = store;
  if (transcripts === undefined || turn.owner === null || turn.limits.redact !== undefined) return;
  const file = transcriptPath(session.agent, conversation, session.root, { env, mockFolder: paths.mock });
  if (file === undefined) return;
  try {
    if (isAgentUp) await untilQuiet(file);
    const holder = { id: turn.id, sessionId: session.id, owner: turn.owner };
    // The transcript comes last: where it is whole, so are the files beside it.
    for (const name of listBeside(file, conversation))
      await keepFile(transcripts, holder, name, path.join(path.dirname(file), name));
    await keepFile(transcripts, holder, conversation, file);
  } catch (error) {
    if (!(error instanceof SessionError)) throw error;
  }
}

/** The transcripts of sub-agents and the long results of tools, by their paths from the folder of the transcript. */
function listBeside(file: string, conversation: string): string[] {
  try {
    return readdirSync(path.join(path.dirname(file), conversation), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.relative(path.dirname(file), path.join(entry.parentPath, entry.name)));
  } catch {
    return [];
  }
}

async function keepFile(
  transcripts: TranscriptStore,
  holder: Parameters<TranscriptStore['keep']>[0],
  name: string,
  file: string,
): Promise<void> {
  let { n, offset } = compare(file, await transcripts.kept(name));
  for (const content of readPieces(file, offset)) {
    const piece = { n, bytes: content.length, digest: digest(content) };
    if (!(await transcripts.keep(holder, name, piece, content))) return;
    n++;
    offset += content.length;
  }
}

/**
 * Writes the transcript that a route needs to its place, and returns the route; a replay when the store does not have
 * it.
 */
export async function bringTranscript(
  services: Services,
  session: Session,
  turn: Turn,
  route: Route,
): Promise<Route> {
  const { store, paths, env } = services;
  const { conversation } = route;
  if (store.transcripts === undefined || conversation.kind === 'new') return route;
  const id = conversation.kind === 'fork' ? conversation.from : conversation.id;
  const file = transcriptPath(session.agent, id, session.root, { env, mockFolder: paths.mock });
  if (file === undefined) return route;
  const kept = await store.transcripts.kept(id);
  const last = await findLastTurn(services, session, turn);
  const isComplete = last !== undefined && kept.at(-1)?.turnId === last.id;
  const isHere = statSync(file, { throwIfNoEntry: false }) !== undefined;
  // The last turn's part was not stored: it was masked, or the store could not be reached.
  if (!isComplete) {
    const isOwn = last === undefined || last.owner === null || isAlive(last.owner) !== 'unknown';
    return isOwn && isHere ? route : freshRoute('replay', turn);
  }
  if (isHere && compare(file, kept).n === kept.length) return route;
  // A running agent does not have the turns of the other machine.
  await (services.warm === undefined ? closeWarm(services, session) : services.warm.end());
  const { transcripts } = store;
  for (const name of await transcripts.beside(id)) {
    const place = path.join(path.dirname(file), name);
    // Whoever may write to the store must not choose where files are written.
    if (!place.startsWith(path.join(path.dirname(file), id) + path.sep)) continue;
    await restore(transcripts, place, name, await transcripts.kept(name));
  }
  await restore(transcripts, file, id, kept);
  return route;
}

/** The last turn in which an agent ran. */
async function findLastTurn({ store }: Place, session: Session, turn: Turn): Promise<Turn | undefined> {
  if (session.agentSessionId === null && session.fork !== null)
    return await store.turns.find(session.fork.turnId);
  const last = await store.turns.last(session.id, LOOK_BACK_TURNS);
  return last.find(
    ({ id, endedAt, agentVersion }) => id < turn.id && endedAt !== null && agentVersion !== null,
  );
}

async function restore(
  transcripts: TranscriptStore,
  file: string,
  conversation: string,
  kept: readonly KeptPiece[],
): Promise<void> {
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  const fd = openSync(`${file}.new`, 'w', 0o600);
  try {
    for (const { n } of kept) {
      const content = await transcripts.read(conversation, n);
      if (content !== undefined) writeSync(fd, content);
    }
  } finally {
    closeSync(fd);
  }
  renameSync(`${file}.new`, file);
}

/** The number of stored pieces that the file begins with, and their end in the file. */
function compare(file: string, kept: readonly KeptPiece[]): { n: number; offset: number } {
  let offset = 0;
  for (const [n, piece] of kept.entries()) {
    if (digest(readAt(file, offset, piece.bytes)) !== piece.digest) return { n, offset };
    offset += piece.bytes;
  }
  return { n: kept.length, offset };
}

function* readPieces(file: string, from: number): Generator<Uint8Array> {
  for (let offset = from; ;) {
    const content = readAt(file, offset, PIECE_BYTES);
    if (content.length === 0) return;
    yield content;
    offset += content.length;
  }
}

function readAt(file: string, offset: number, bytes: number): Uint8Array {
  const buffer = Buffer.alloc(bytes);
  let fd: number;
  try {
    fd = openSync(file, 'r');
  } catch {
    return buffer.subarray(0, 0);
  }
  try {
    return buffer.subarray(0, readSync(fd, buffer, 0, bytes, offset));
  } finally {
    closeSync(fd);
  }
}

function digest(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

async function untilQuiet(file: string): Promise<void> {
  const size = (): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  for (let before = -1; before !== size(); await pause(QUIET_MS)) before = size();
}
