/** Brings the lines of a transcript together with those that are here, and the session's turns up to date with them. */
import { createHash } from 'node:crypto';
import { isName } from '../sessions/names.ts';
import type { Session } from '../model/model.ts';
import type { CallShare, ImportTransaction, NewImport, NewTurn } from '../store/transfer-store.ts';
import { packJson, unpackJson } from '../system/packed-json.ts';
import { newTally } from './incoming.ts';
import type { ImportRules, Tally } from './incoming.ts';
import { totalOf } from './transcript-calls.ts';
import { bookCalls, indexLine, replaces } from './transcript-index.ts';
import type { IndexedLine, TranscriptIndex } from './transcript-index.ts';
import type { TitleLine, TranscriptLine } from './transcript-line.ts';
import { selectLive } from './transcript-tree.ts';
import { buildTurns } from './transcript-turns.ts';

/** The uuid under which a transcript's title is kept among its lines. */
const TITLE = 'title';

/** All that is known of a transcript, from the store and from a file. */
interface Known {
  lines: Map<string, IndexedLine>;
  title: TitleLine | undefined;
}

/**
 * Stores what is new of a transcript; undefined where it has no conversation, here or in the file.
 *
 * What becomes of it depends on the lines alone, not on the order in which they come. A call that several transcripts
 * have counts for one of them: one that knows what it used, as copies may not; among these one that does not say that it
 * copied it; or else the first by its id.
 */
export function mergeTranscript(
  tx: ImportTransaction,
  transcript: string,
  index: TranscriptIndex,
  rules: ImportRules,
): Tally | undefined {
  const tally = newTally();
  let session = tx.findByTranscript(transcript);
  if (session !== undefined && !hasNews(tx, transcript, index)) {
    const turns = tx.turns(session.id);
    tally.knownTurns = turns.filter(({ made }) => made !== null && index.has(keyOf(made))).length;
    return tally;
  }
  const before = readKnown(tx, transcript);
  const known: Known = { lines: new Map(before.lines), title: laterTitle(before.title, index.title) };
  const added: IndexedLine[] = [];
  for (const line of index.lines) {
    const old = known.lines.get(line.uuid);
    if (old !== undefined && !replaces({ call: line.modelCall }, old)) continue;
    known.lines.set(line.uuid, line);
    added.push(line);
  }
  const facts = describe(known);
  if (rules.isMerge && facts !== undefined) session ??= findTwin(tx, transcript, facts);
  if (session === undefined) {
    if (facts === undefined) return known.lines.size > 0 ? undefined : tally;
    session = addSession(tx, transcript, index.agentSessionId, facts, rules);
    tally.sessions++;
    tally.ids.add(session.id);
  } else updateSession(tx, session, describe(before), facts, rules);
  const isRetitled = known.title !== before.title && known.title !== undefined;
  if (isRetitled)
    tx.putLine(session.id, transcript, {
      uuid: TITLE,
      call: null,
      used: 0,
      isCopy: false,
      packed: packJson(known.title),
    });
  for (const line of added)
    tx.putLine(session.id, transcript, {
      uuid: line.uuid,
      call: line.call,
      used: totalOf(line.modelCall?.usage ?? null),
      isCopy: line.isCopy,
      packed: packJson(line.read()),
    });
  bringTurns(tx, transcript, session.id, known, tally, (uuid) => index.has(uuid));
  const calls = new Set(added.flatMap(({ call }) => call ?? []));
  const sharing = tx.shares(transcript).filter(({ call }) => calls.has(call));
  for (const other of new Set(sharing.map((share) => share.transcript))) {
    const owner = tx.findByTranscript(other);
    if (owner !== undefined) bringTurns(tx, other, owner.id, readKnown(tx, other));
  }
  return tally;
}

/** Whether a file has lines, or a title, that are not here; told without reading the lines that are. */
function hasNews(tx: ImportTransaction, transcript: string, index: TranscriptIndex): boolean {
  const known = tx.knownLines(transcript);
  for (const { uuid, modelCall } of index.lines) {
    const used = known.get(uuid);
    if (used === undefined || totalOf(modelCall?.usage ?? null) > used) return true;
  }
  if (index.title === undefined) return false;
  const old = known.has(TITLE) ? (unpackJson(tx.line(transcript, TITLE)) as TitleLine) : undefined;
  return laterTitle(old, index.title) !== old;
}

function readKnown(tx: ImportTransaction, transcript: string): Known {
  const known: Known = { lines: new Map(), title: undefined };
  // Only few lines are read again, so each is looked up when it is.
  for (const stored of tx.lines(transcript))
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

/** What a session is by its lines; undefined without a conversation. */
interface Facts {
  title: string | null;
  root: string;
  createdAt: number;
}

function describe({ lines, title }: Known): Facts | undefined {
  let first: IndexedLine | undefined;
  let rooted: IndexedLine | undefined;
  let hasTalk = false;
  for (const line of lines.values()) {
    if (line.isSide) continue;
    hasTalk ||= line.isTalk;
    if (first === undefined || line.at < first.at) first = line;
    if (line.root !== null && (rooted === undefined || line.at < rooted.at)) rooted = line;
  }
  if (!hasTalk || first === undefined) return undefined;
  return { title: title?.title ?? null, root: rooted?.root ?? '/', createdAt: first.at };
}

function laterTitle(old: TitleLine | undefined, given: TitleLine | undefined): TitleLine | undefined {
  if (given === undefined || (old?.isChosen === true && !given.isChosen)) return old;
  return old?.title === given.title && old.isChosen === given.isChosen ? old : given;
}

/** The session's id is the beginning of claude's own, so that one finds it again; another one where that is taken. */
function addSession(
  tx: ImportTransaction,
  transcript: string,
  agentSessionId: string,
  { title, root, createdAt }: Facts,
  rules: ImportRules,
): Session {
  let id = transcript.slice(0, 8);
  while (tx.findSession(id) !== undefined)
    id = createHash('sha256').update(`${id}:${transcript}`).digest('hex').slice(0, 8);
  const session: NewImport = rules.admit({
    id,
    name: toName(title),
    mode: 'user',
    root,
    study: null,
    agent: 'claude',
    model: null,
    agentSessionId,
    systemPrompt: null,
    attachments: [],
    mcpConfigs: [],
    warm: false,
    pinned: false,
    tags: {},
    budgetUsd: null,
    createdAt,
    lastActiveAt: createdAt,
    trashedAt: null,
  });
  tx.addSession(session, [], Date.now());
  return tx.findSession(id)!;
}

/** The session that an export of ours brought, from a store that had imported the same transcript. */
function findTwin(tx: ImportTransaction, transcript: string, { createdAt }: Facts): Session | undefined {
  const session = tx.findSession(transcript.slice(0, 8));
  return session?.createdAt === createdAt ? session : undefined;
}

/** What nobody has changed since the session was imported follows its lines. */
function updateSession(
  tx: ImportTransaction,
  session: Session,
  before: Facts | undefined,
  after: Facts | undefined,
  rules: ImportRules,
): void {
  if (before === undefined || after === undefined) return;
  const old = rules.admit(toAdmit(session, before));
  const now = rules.admit(toAdmit(session, after));
  const change = {
    name: session.name === null || session.name === toName(before.title) ? toName(after.title) : session.name,
    root: session.root === old.root ? now.root : session.root,
    createdAt: session.createdAt === before.createdAt ? after.createdAt : session.createdAt,
  };
  tx.updateSession(session, { ...change, name: change.name ?? session.name });
}

function toAdmit(session: Session, { root }: Facts): NewImport {
  return { ...session, root };
}

function toName(title: string | null): string | null {
  const name = title?.trim().normalize('NFC') ?? '';
  if (isName(name)) return name;
  const plain = name.replaceAll(/[^\p{L}\p{N}._ -]+/gu, ' ').replace(/^[^\p{L}\p{N}]+/u, '');
  const short = [...plain.replaceAll(/ {2,}/g, ' ')].slice(0, 64).join('').trim();
  return isName(short) ? short : null;
}

/** The calls that count for another transcript. */
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
 * Makes the turns of a transcript anew and brings the session's up to date with them. The first ones that are alike stay;
 * one that has grown takes the place of its old self. Turns of ours stay, and what the agent wrote down of them is known.
 */
function bringTurns(
  tx: ImportTransaction,
  transcript: string,
  sessionId: string,
  known: Known,
  tally?: Tally,
  isInFile: (uuid: string) => boolean = () => false,
): void {
  const all = [...known.lines.values()];
  const live = selectLive(all.filter(({ isSide }) => !isSide));
  const foreign = findForeign(tx.shares(transcript), transcript, all);
  const turns = tx.turns(sessionId);
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
      tx.removeTurn(place.id);
      n++;
    } else if (isAlike) {
      for (const each of old.slice(n)) tx.removeTurn(each.id);
      n = old.length;
      isAlike = false;
    }
    tx.addTurn(sessionId, turn, made, isSame ? place.id : undefined);
    if (tally === undefined) continue;
    tally.ids.add(sessionId);
    // One that only moves, since others come before it, is not new.
    if (!wasHere.has(made)) tally.turns++;
    else if (isInFile(key)) tally.knownTurns++;
  }
  for (const each of old.slice(n)) {
    tx.removeTurn(each.id);
    isChanged = true;
  }
  if (isChanged || tally !== undefined) tx.settle(sessionId);
}

function* readEach(lines: readonly IndexedLine[]): Generator<TranscriptLine> {
  for (const line of lines) yield line.read();
}

/** What a turn is made of: the transcript, the line that it begins with, and a digest of all of it. */
function toMade(transcript: string, key: string, turn: NewTurn): string {
  const digest = createHash('sha256').update(JSON.stringify(turn)).digest('hex').slice(0, 16);
  return `${transcript}:${digest}:${key}`;
}

function keyOf(made: string): string {
  return made.slice(made.indexOf(':', made.indexOf(':') + 1) + 1);
}
