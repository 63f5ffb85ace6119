/** Updates a session's turns from the lines of its transcript. */
import { createHash } from 'node:crypto';
import type { CallShare, ImportTransaction, NewTurn, Steps } from '../store/transfer-store.ts';
import type { Tally } from './incoming.ts';
import { totalOf } from './transcript-calls.ts';
import { bookCalls } from './transcript-index.ts';
import type { IndexedLine } from './transcript-index.ts';
import type { TranscriptLine } from './transcript-line.ts';
import type { KnownTranscript } from './transcript-session.ts';
import { selectLive } from './transcript-tree.ts';
import { buildTurns } from './transcript-turns.ts';

/** The calls that are counted for another transcript. */
function findForeign(
  shares: readonly CallShare[],
  transcript: string,
  lines: readonly IndexedLine[],
): Set<string> {
  const own = new Map<string, CallShare>();
  for (const { call, isCopy, modelCall } of lines) {
    if (call === null) continue;
    const known = own.get(call);
    const used = Math.max(totalOf(modelCall?.usage ?? null), known?.used ?? 0);
    own.set(call, { call, transcript, used, isCopy: isCopy && known?.isCopy !== false });
  }
  return new Set(shares.filter((share) => isBefore(share, own.get(share.call)!)).map(({ call }) => call));
}

function isBefore(one: CallShare, other: CallShare): boolean {
  if (one.used !== other.used) return one.used > other.used;
  return one.isCopy === other.isCopy ? one.transcript < other.transcript : !one.isCopy;
}

/**
 * Builds the turns of a transcript again, and updates the session with them. Turns at the beginning that are the same
 * stay, and a turn that has grown is replaced. Turns that ran in this session stay, and the agent's lines of them are
 * not imported.
 */
export function* bringTurns(
  tx: ImportTransaction,
  transcript: string,
  sessionId: string,
  known: KnownTranscript,
  tally?: Tally,
  isInFile: (uuid: string) => boolean = () => false,
): Steps<void> {
  const all = [...known.lines.values()];
  const live = selectLive(all.filter(({ isSide }) => !isSide));
  const foreign = findForeign(yield* tx.shares(transcript), transcript, all);
  const turns = yield* tx.turns(sessionId);
  const ours = turns.filter(({ made }) => made === null);
  const old = turns.filter(({ made }) => made !== null && made.startsWith(`${transcript}:`));
  const options = {
    live: new Set(live.flatMap(({ call }) => call ?? [])),
    isForeign: (id: string) => foreign.has(id),
  };
  const wasHere = new Set(old.map(({ made }) => made));
  let n = 0;
  let isAlike = true;
  let isChanged = false;
  for (const { key, turn } of buildTurns(readEach(live), bookCalls(all), options)) {
    const { queuedAt } = turn.turn;
    if (ours.some((each) => each.queuedAt <= queuedAt && queuedAt <= each.endedAt)) {
      if (tally !== undefined && isInFile(key)) tally.knownTurns++;
      continue;
    }
    const made = toMade(transcript, key, turn);
    const place = isAlike ? old[n] : undefined;
    if (place?.made === made) {
      n++;
      if (tally !== undefined && isInFile(key)) tally.knownTurns++;
      continue;
    }
    isChanged = true;
    const isSame = place?.made !== undefined && place.made !== null && keyOf(place.made) === key;
    if (isSame) {
      yield* tx.removeTurn(place.id);
      n++;
    } else if (isAlike) {
      for (const each of old.slice(n)) yield* tx.removeTurn(each.id);
      n = old.length;
      isAlike = false;
    }
    yield* tx.addTurn(sessionId, turn, made, isSame ? place.id : undefined);
    if (tally === undefined) continue;
    tally.ids.add(sessionId);
    // A turn that only moves because others come before it is not new.
    if (!wasHere.has(made)) tally.turns++;
    else if (isInFile(key)) tally.knownTurns++;
  }
  for (const each of old.slice(n)) {
    yield* tx.removeTurn(each.id);
    isChanged = true;
  }
  if (isChanged || tally !== undefined) yield* tx.settle(sessionId);
}

function* readEach(lines: readonly IndexedLine[]): Generator<TranscriptLine> {
  for (const line of lines) yield line.read();
}

/** The identity of an imported turn: the transcript, its first line, and a digest of its content. */
function toMade(transcript: string, key: string, turn: NewTurn): string {
  const digest = createHash('sha256').update(JSON.stringify(turn)).digest('hex').slice(0, 16);
  return `${transcript}:${digest}:${key}`;
}

export function keyOf(made: string): string {
  return made.slice(made.indexOf(':', made.indexOf(':') + 1) + 1);
}
