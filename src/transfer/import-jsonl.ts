import * as v from 'valibot';
import type { Role, ToolCall } from '../core/model.ts';
import { SessionError } from '../errors.ts';
import { EXPORT_RECORDS, EXPORT_VERSION } from '../output/export-records.ts';
import type { ExportOf } from '../output/export-records.ts';
import type { NewTurn } from '../store/transfer.ts';
import { fromSession, fromToolCall, fromTurn } from './from-records.ts';
import type { Importer, Incoming } from './incoming.ts';

const schema = v.variant('type', [...EXPORT_RECORDS]);
const KNOWN = new Set<unknown>(EXPORT_RECORDS.map(({ entries }) => entries.type.literal));

interface OpenTurn extends NewTurn {
  /** In the file. */
  id: number;
  messages: { role: Role; createdAt: number; pieces: string[] }[];
  toolCalls: Omit<ToolCall, 'turnId'>[];
}

/** Reads our own export. Throws USAGE when it is of a later version; kinds of records it doesn't know are passed over. */
export class JsonlImporter implements Importer {
  #open: OpenTurn | undefined;
  #hasSession = false;
  #isWhole = true;

  *read(record: Record<string, unknown>, line: number): Generator<Incoming> {
    if (record['type'] === 'export' && Number(record['version']) > EXPORT_VERSION)
      throw new SessionError(
        'USAGE',
        `The export is of version ${String(record['version'])}; this program reads ${EXPORT_VERSION}.`,
        {
          hint: 'Update session.',
        },
      );
    if (!KNOWN.has(record['type'])) return;
    const parsed = v.safeParse(schema, record);
    if (!parsed.success) {
      const [issue] = parsed.issues;
      yield { type: 'bad', line, why: `${v.getDotPath(issue) ?? 'record'}: ${issue.message}` };
      return;
    }
    const known = parsed.output;
    const isPart = known.type === 'message' || known.type === 'content' || known.type === 'tool_call';
    if (!isPart) yield* this.#close();
    if (isPart || known.type === 'turn') {
      const why = this.#add(known);
      if (why !== undefined) yield { type: 'bad', line, why };
      return;
    }
    if (known.type === 'session') {
      this.#hasSession = true;
      yield { type: 'session', ...fromSession(known), knownBy: 'time' };
    }
    this.#isWhole = known.type === 'end';
  }

  *end(line: number): Generator<Incoming> {
    yield* this.#close();
    if (!this.#isWhole) yield { type: 'bad', line, why: 'the export ends here, before its end' };
  }

  *#close(): Generator<Incoming> {
    if (this.#open !== undefined) yield { type: 'turn', turn: this.#open };
    this.#open = undefined;
  }

  /** Why a record has no place where it is; undefined when it has. */
  #add(record: ExportOf<'turn' | 'message' | 'content' | 'tool_call'>): string | undefined {
    if (record.type === 'turn') {
      if (!this.#hasSession) return 'a turn without a session';
      this.#open = {
        id: record.id,
        turn: fromTurn(record),
        isCopy: record.is_copy,
        messages: [],
        toolCalls: [],
      };
      return undefined;
    }
    const open = this.#open;
    if (open === undefined || (record.type !== 'content' && record.turn_id !== open.id))
      return `a ${record.type.replace('_', ' ')} without its turn`;
    const { messages } = open;
    if (record.type === 'message') {
      if (messages.some(({ role }) => role === record.role)) return 'a second message of one side';
      messages.push({
        role: record.role,
        createdAt: Date.parse(record.created_at),
        pieces: [record.content],
      });
    } else if (record.type === 'content') {
      const last = messages.at(-1);
      if (last === undefined) return 'content without its message';
      last.pieces.push(record.content);
    } else open.toolCalls.push(fromToolCall(record));
    return undefined;
  }
}
