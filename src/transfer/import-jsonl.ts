import { createHash } from 'node:crypto';
import * as v from 'valibot';
import type { Role, ToolCall } from '../model/model.ts';
import type { NewFile } from '../model/message-file.ts';
import { SessionError } from '../errors.ts';
import { EXPORT_RECORDS, EXPORT_VERSION } from '../model/export-records.ts';
import { isModeSwitch } from '../model/session-change.ts';
import type { ExportOf, ExportRecord } from '../model/export-records.ts';
import type { ImportTransaction, NewTurn, Steps } from '../store/transfer-store.ts';
import type { Store } from '../store/store.ts';
import { findUnbounded } from './bounds.ts';
import { fromSession, fromToolCall, fromTurn } from './from-records.ts';
import { addAdmitted, addTally, BadLine, newTally } from './incoming.ts';
import type { Importer, ImportRules, Tally } from './incoming.ts';
import { maskNewTurn } from './mask-turn.ts';
import { Spool } from './spool.ts';
import type { SpoolRef } from './spool.ts';

const schema = v.variant('type', [...EXPORT_RECORDS]);
const KNOWN = new Set<unknown>(EXPORT_RECORDS.map(({ entries }) => entries.type.literal));

/** Whether a record has a type that only our exports have. */
export function isExportKind(type: unknown): boolean {
  return KNOWN.has(type);
}

type Part = ExportOf<'message' | 'content' | 'file' | 'tool_call'>;

interface OpenTurn extends NewTurn {
  /** In the file. */
  id: number;
  messages: { role: Role; createdAt: number; pieces: string[]; files: NewFile[] }[];
  toolCalls: Omit<ToolCall, 'turnId'>[];
}

type OpenSession = ReturnType<typeof fromSession> & { turns: { ref: SpoolRef; queuedAt: number }[] };

/**
 * Reads our own export format. Each session is stored in its own transaction. Throws USAGE for a later version of the
 * format. Unknown types of records are skipped.
 */
export class JsonlImporter implements Importer {
  readonly #store: Store;
  readonly #rules: ImportRules;
  readonly #tally: Tally;
  #spool = new Spool();
  #session: OpenSession | undefined;
  #turn: OpenTurn | undefined;
  #isWhole = true;

  constructor(store: Store, rules: ImportRules, tally: Tally) {
    this.#store = store;
    this.#rules = rules;
    this.#tally = tally;
  }

  async read(record: Record<string, unknown>): Promise<void> {
    if (record['type'] === 'export' && Number(record['version']) > EXPORT_VERSION)
      throw new SessionError(
        'USAGE',
        `The export is of version ${String(record['version'])}; this program reads ${EXPORT_VERSION}.`,
        { hint: 'Update session.' },
      );
    if (!KNOWN.has(record['type'])) return;
    if (record['type'] === 'session') await this.#storeSession();
    const parsed = v.safeParse(schema, record);
    if (!parsed.success) {
      const [issue] = parsed.issues;
      throw new BadLine(`${v.getDotPath(issue) ?? 'record'}: ${issue.message}`);
    }
    const why = findUnbounded(parsed.output);
    if (why !== undefined) throw new BadLine(why);
    const known = parsed.output;
    if (isPart(known)) {
      this.#add(known);
      return;
    }
    this.#closeTurn();
    if (known.type === 'turn') this.#begin(known);
    else if (known.type === 'session') this.#session = { ...fromSession(known), turns: [] };
    this.#isWhole = known.type === 'end';
  }

  async end(): Promise<void> {
    await this.#storeSession();
    if (!this.#isWhole) throw new BadLine('the export ends here, before its end');
  }

  close(): void {
    this.#spool.close();
  }

  #begin(record: ExportOf<'turn'>): void {
    if (this.#session?.session.id !== record.session_id) throw new BadLine('a turn without its session');
    const { id, is_copy: isCopy } = record;
    this.#turn = { id, turn: fromTurn(record), isCopy, messages: [], toolCalls: [] };
  }

  #add(record: Part): void {
    const open = this.#turn;
    if (open === undefined || (record.type !== 'content' && record.turn_id !== open.id))
      throw new BadLine(`a ${record.type.replace('_', ' ')} without its turn`);
    const { messages, toolCalls } = open;
    if (record.type === 'message') {
      const { role, created_at: createdAt, content } = record;
      if (messages.some((each) => each.role === role)) throw new BadLine('a second message of one side');
      messages.push({ role, createdAt: Date.parse(createdAt), pieces: [content], files: [] });
    } else if (record.type === 'content') {
      const last = messages.at(-1);
      if (last === undefined) throw new BadLine('content without its message');
      last.pieces.push(record.content);
    } else if (record.type === 'file') addFile(messages.find(({ role }) => role === 'user')?.files, record);
    else toolCalls.push(fromToolCall(record));
  }

  #closeTurn(): void {
    const turn = this.#turn;
    this.#turn = undefined;
    if (turn === undefined || this.#session === undefined) return;
    const { masking } = this.#rules;
    const ref = this.#spool.add(masking === undefined ? turn : maskNewTurn(turn, masking));
    this.#session.turns.push({ ref, queuedAt: turn.turn.queuedAt });
  }

  async #storeSession(): Promise<void> {
    this.#closeTurn();
    const session = this.#session;
    this.#session = undefined;
    if (session === undefined) return;
    addTally(this.#tally, await this.#store.transfer.import((tx) => this.#merge(tx, session)));
    this.#spool.close();
    this.#spool = new Spool();
  }

  /** A session that exists is not changed, since any file can name it. Only with `isMerge` are missing turns added. */
  *#merge(tx: ImportTransaction, { session, changes, turns }: OpenSession): Steps<Tally> {
    const tally = newTally();
    let id = session.id;
    let known = yield* tx.findSession(id);
    while (known !== undefined && known.createdAt !== session.createdAt) {
      id = createHash('sha256').update(`${id}:${session.createdAt}`).digest('hex').slice(0, 8);
      known = yield* tx.findSession(id);
    }
    if (known === undefined) {
      const admitted = this.#rules.admit({ ...session, id });
      // When the mode differs here, the recorded changes of mode would be wrong for its turns.
      const isKept = admitted.mode === session.mode;
      const kept = isKept ? changes : changes.filter((each) => !isModeSwitch(each));
      yield* addAdmitted(tx, this.#rules, admitted, kept);
      tally.sessions++;
      tally.ids.add(id);
    }
    const left = countEach((yield* tx.turns(id)).map(({ queuedAt }) => queuedAt));
    const isOpen = known === undefined || this.#rules.isMerge;
    for (const { ref, queuedAt } of turns) {
      const here = left.get(queuedAt) ?? 0;
      left.set(queuedAt, here - 1);
      if (here > 0) tally.knownTurns++;
      else if (isOpen) {
        yield* tx.addTurn(id, this.#spool.read(ref) as NewTurn, null);
        tally.turns++;
        tally.ids.add(id);
      } else tally.leftTurns++;
    }
    const { leftTurns } = tally;
    if (leftTurns > 0)
      this.#rules.notice(
        `session ${id} is here already, and ${leftTurns === 1 ? '1 turn of it was' : `${leftTurns} turns of it were`} left out; add with --merge`,
      );
    if (tally.ids.size > 0) yield* tx.settle(id);
    return tally;
  }
}

function isPart(record: ExportRecord): record is Part {
  return ['message', 'content', 'file', 'tool_call'].includes(record.type);
}

function addFile(files: NewFile[] | undefined, record: ExportOf<'file'>): void {
  const { name, media_type: mediaType, is_more: isMore, content } = record;
  const last = files?.at(-1);
  if (files === undefined || (isMore && last === undefined)) throw new BadLine('a file without its message');
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(content)) throw new BadLine('content: must be in base64');
  if (isMore) last!.content += content;
  else files.push({ name, mediaType, content });
}

function countEach(times: readonly number[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const at of times) counts.set(at, (counts.get(at) ?? 0) + 1);
  return counts;
}
