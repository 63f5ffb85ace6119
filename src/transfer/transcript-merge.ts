/** Merges the lines of a transcript with those in the store, and updates the session's turns. */
import type { ImportTransaction, Steps } from '../store/transfer-store.ts';
import { packJson, unpackJson } from '../system/packed-json.ts';
import { bringTurns, keyOf } from './bring-turns.ts';
import { newTally } from './incoming.ts';
import type { ImportRules, Tally } from './incoming.ts';
import { totalOf } from './transcript-calls.ts';
import { indexLine, replaces } from './transcript-index.ts';
import type { IndexedLine, TranscriptIndex } from './transcript-index.ts';
import type { TitleLine, TranscriptLine } from './transcript-line.ts';
import { addSession, describe, findTwin, laterTitle, updateSession } from './transcript-session.ts';
import type { KnownTranscript } from './transcript-session.ts';

/** The uuid under which a transcript's title is stored among its lines. */
const TITLE = 'title';

/**
 * Stores what is new in a transcript; undefined when neither the store nor the file has a conversation of it.
 *
 * The result depends only on the lines, not on their order. A call that is in several transcripts counts for one of
 * them: one with its usage, which copies may lack; among these one that does not mark it as a copy; else the first by
 * id.
 */
export function* mergeTranscript(
  tx: ImportTransaction,
  transcript: string,
  index: TranscriptIndex,
  rules: ImportRules,
): Steps<Tally | undefined> {
  const tally = newTally();
  let session = yield* tx.findByTranscript(transcript);
  if (session !== undefined && !(yield* hasNews(tx, transcript, index))) {
    const turns = yield* tx.turns(session.id);
    tally.knownTurns = turns.filter(({ made }) => made !== null && index.has(keyOf(made))).length;
    return tally;
  }
  const before = yield* readKnown(tx, transcript);
  const known: KnownTranscript = {
    lines: new Map(before.lines),
    title: laterTitle(before.title, index.title),
  };
  const added: IndexedLine[] = [];
  for (const line of index.lines) {
    const old = known.lines.get(line.uuid);
    if (old !== undefined && !replaces({ call: line.modelCall }, old)) continue;
    known.lines.set(line.uuid, line);
    added.push(line);
  }
  const facts = describe(known);
  if (rules.isMerge && facts !== undefined) session ??= yield* findTwin(tx, transcript, facts);
  if (session === undefined) {
    if (facts === undefined) return known.lines.size > 0 ? undefined : tally;
    session = yield* addSession(tx, transcript, index.agentSessionId, facts, rules);
    tally.sessions++;
    tally.ids.add(session.id);
  } else yield* updateSession(tx, session, describe(before), facts, rules);
  const isRetitled = known.title !== before.title && known.title !== undefined;
  if (isRetitled)
    yield* tx.putLine(session.id, transcript, {
      uuid: TITLE,
      call: null,
      used: 0,
      isCopy: false,
      packed: packJson(known.title),
    });
  for (const line of added)
    yield* tx.putLine(session.id, transcript, {
      uuid: line.uuid,
      call: line.call,
      used: totalOf(line.modelCall?.usage ?? null),
      isCopy: line.isCopy,
      packed: packJson(line.read()),
    });
  yield* bringTurns(tx, transcript, session.id, known, tally, (uuid) => index.has(uuid));
  const calls = new Set(added.flatMap(({ call }) => call ?? []));
  const sharing = (yield* tx.shares(transcript)).filter(({ call }) => calls.has(call));
  for (const other of new Set(sharing.map((share) => share.transcript))) {
    const owner = yield* tx.findByTranscript(other);
    if (owner !== undefined) yield* bringTurns(tx, other, owner.id, yield* readKnown(tx, other));
  }
  return tally;
}

/** Whether a file has lines or a title that are not in the store. It does not read the lines in the store. */
function* hasNews(tx: ImportTransaction, transcript: string, index: TranscriptIndex): Steps<boolean> {
  const known = yield* tx.knownLines(transcript);
  for (const { uuid, modelCall } of index.lines) {
    const used = known.get(uuid);
    if (used === undefined || totalOf(modelCall?.usage ?? null) > used) return true;
  }
  if (index.title === undefined) return false;
  const old = known.has(TITLE) ? (unpackJson(yield* tx.readLine(transcript, TITLE)) as TitleLine) : undefined;
  return laterTitle(old, index.title) !== old;
}

function* readKnown(tx: ImportTransaction, transcript: string): Steps<KnownTranscript> {
  const known: KnownTranscript = { lines: new Map(), title: undefined };
  // Only a few lines are read again, so each is looked up separately.
  for (const stored of yield* tx.lines(transcript))
    if (stored.uuid === TITLE) known.title = stored.value as TitleLine;
    else {
      const line = stored.value as TranscriptLine;
      known.lines.set(
        stored.uuid,
        indexLine(line, () => unpackJson(tx.line(transcript, stored.uuid)) as TranscriptLine),
      );
    }
  return known;
}
