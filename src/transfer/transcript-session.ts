/** What a transcript's lines say about its session: title, root and age. */
import { createHash } from 'node:crypto';
import { NEW_SESSION } from '../model/model.ts';
import type { Session } from '../model/model.ts';
import { isName } from '../sessions/names.ts';
import type { ImportTransaction, NewImport, Steps } from '../store/transfer-store.ts';
import { addAdmitted } from './incoming.ts';
import type { ImportRules } from './incoming.ts';
import type { IndexedLine } from './transcript-index.ts';
import type { TitleLine } from './transcript-line.ts';

/** All that is known of a transcript, from the store and from a file. */
export interface KnownTranscript {
  lines: Map<string, IndexedLine>;
  title: TitleLine | undefined;
}

/** What the lines say about a session; undefined without a conversation. */
export interface Facts {
  title: string | null;
  root: string;
  createdAt: number;
}

export function describe({ lines, title }: KnownTranscript): Facts | undefined {
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

export function laterTitle(old: TitleLine | undefined, given: TitleLine | undefined): TitleLine | undefined {
  if (given === undefined || (old?.isChosen === true && !given.isChosen)) return old;
  return old?.title === given.title && old.isChosen === given.isChosen ? old : given;
}

/**
 * Adds the session. Its id is the beginning of claude's id, so that users recognize it, or another one when that is
 * taken.
 */
export function* addSession(
  tx: ImportTransaction,
  transcript: string,
  agentSessionId: string,
  { title, root, createdAt }: Facts,
  rules: ImportRules,
): Steps<Session> {
  let id = transcript.slice(0, 8);
  while ((yield* tx.findSession(id)) !== undefined)
    id = createHash('sha256').update(`${id}:${transcript}`).digest('hex').slice(0, 8);
  const session: NewImport = rules.admit({
    ...NEW_SESSION,
    id,
    name: toName(title),
    root,
    agentSessionId,
    createdAt,
    lastActiveAt: createdAt,
    trashedAt: null,
  });
  return yield* addAdmitted(tx, rules, session, []);
}

/** The session that came with one of our exports, from a store that had imported the same transcript. */
export function* findTwin(
  tx: ImportTransaction,
  transcript: string,
  { createdAt }: Facts,
): Steps<Session | undefined> {
  const session = yield* tx.findSession(transcript.slice(0, 8));
  return session?.createdAt === createdAt ? session : undefined;
}

/** Updates the fields of a session from its lines, if nobody has changed them since the import. */
export function* updateSession(
  tx: ImportTransaction,
  session: Session,
  before: Facts | undefined,
  after: Facts | undefined,
  rules: ImportRules,
): Steps<void> {
  if (before === undefined || after === undefined) return;
  const old = rules.admit(toAdmit(session, before));
  const now = rules.admit(toAdmit(session, after));
  const change = {
    name: session.name === null || session.name === toName(before.title) ? toName(after.title) : session.name,
    root: session.root === old.root ? now.root : session.root,
    createdAt: session.createdAt === before.createdAt ? after.createdAt : session.createdAt,
  };
  yield* tx.updateSession(session, { ...change, name: change.name ?? session.name });
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
