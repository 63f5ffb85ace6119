/** Copies all sessions of a store into another one, session by session, and compares each copy with the original. */
import { createHash } from 'node:crypto';
import { SessionError } from '../errors.ts';
import type { Session } from '../model/model.ts';
import type { Store } from '../store/store.ts';
import { exportJsonl } from './export-jsonl.ts';
import { JsonlImporter } from './import-jsonl.ts';
import { newTally } from './incoming.ts';
import type { ImportRules } from './incoming.ts';
import { openSession } from './source.ts';
import type { OutgoingSession } from './source.ts';

const PAGE = 50;

/** The result for a session; `used` means that it was in use during the copy. */
export interface CopiedSession {
  id: string;
  outcome: 'copied' | 'known' | 'used';
  turns: number;
  messages: number;
}

/** Both stores are the user's own. A session that was copied before gets what is new. */
const RULES: ImportRules = {
  masking: undefined,
  isMerge: true,
  admit: (session) => session,
  notice: () => {},
};

/** Throws STORE_CORRUPT when a copy differs from the original. It may be called again at any time. */
export async function* copySessions(
  from: Store,
  to: Store,
  signal: AbortSignal,
): AsyncGenerator<CopiedSession> {
  for await (const session of everySession(from)) {
    signal.throwIfAborted();
    const { id, turnCount: turns, messageCount: messages } = session;
    const isRunning = (await from.turns.open(id)).length > 0;
    const isNew = !isRunning && (await copySession(from, to, session));
    if (isRunning || (await isUsed(from, session))) {
      yield { id, outcome: 'used', turns: 0, messages: 0 };
      continue;
    }
    await compare(from, to, session);
    yield { id, outcome: isNew ? 'copied' : 'known', turns, messages };
  }
}

/** All sessions but those that are being deleted. */
async function* everySession(store: Store): AsyncGenerator<Session> {
  for (let after = ''; ;) {
    const page = await store.transfer.pageSessions(after, PAGE);
    yield* page.filter(({ trashedAt }) => trashedAt !== 0);
    if (page.length < PAGE) return;
    after = page.at(-1)!.id;
  }
}

/** Copies one session. True when something in it was new. */
async function copySession(from: Store, to: Store, session: Session): Promise<boolean> {
  const tally = newTally();
  const importer = new JsonlImporter(to, RULES, tally);
  try {
    for await (const record of exportJsonl(only(await openSession(from, session, undefined))))
      await importer.read(record as unknown as Record<string, unknown>);
    await importer.end();
  } finally {
    importer.close();
  }
  return tally.sessions + tally.turns > 0;
}

async function* only(session: OutgoingSession): AsyncGenerator<OutgoingSession> {
  yield session;
}

async function isUsed(store: Store, before: Session): Promise<boolean> {
  const now = await store.sessions.find(before.id);
  return now?.turnCount !== before.turnCount || now.messageCount !== before.messageCount;
}

async function compare(from: Store, to: Store, session: Session): Promise<void> {
  const there = await to.sessions.find(session.id);
  const isSame =
    there !== undefined &&
    there.turnCount === session.turnCount &&
    there.messageCount === session.messageCount &&
    (await digest(from, session)) === (await digest(to, there));
  if (!isSame)
    throw new SessionError('STORE_CORRUPT', `Session ${session.id} is not in the copy as it is here.`, {
      hint: 'A session that was changed in the copy is not overwritten: purge it there, and copy again.',
    });
}

/** A digest of a session's whole content. It leaves out the ids of turns and messages, which differ between stores. */
async function digest(store: Store, session: Session): Promise<string> {
  const hash = createHash('sha256');
  const { turns, pieces } = await openSession(store, session, undefined);
  for await (const { turn, messages, toolCalls } of turns()) {
    hash.update(JSON.stringify([turn.status, turn.costUsd, turn.queuedAt, turn.endedAt]));
    for (const message of messages) {
      hash.update(message.role);
      for await (const piece of pieces(message)) hash.update(piece);
    }
    for (const { turnId: _turn, ...call } of toolCalls) hash.update(JSON.stringify(call));
  }
  return hash.digest('hex');
}
