import type { ExportOf, ExportRecord } from '../model/export-records.ts';
import { SESSION, TURN } from '../model/codec.ts';
import { AGENT_DETAILS } from '../model/model.ts';
import type { NewFile } from '../model/message-file.ts';
import { toTime, toToolCallRecord } from '../model/to-record.ts';
import type { StoredTurn } from '../store/transfer-store.ts';
import { VERSION } from '../version.ts';
import type { OutgoingSession } from './source.ts';

/** The characters of base64 content on one line; a multiple of four. */
const FILE_PART = 1 << 20;

/** The records of an export, which `import` reads (see model/export-records.ts). */
export async function* exportJsonl(sessions: AsyncIterable<OutgoingSession>): AsyncGenerator<ExportRecord> {
  const count = { sessions: 0, turns: 0 };
  yield { type: 'export', version: 1, program: `session ${VERSION}`, exported_at: toTime(Date.now()) };
  for await (const outgoing of sessions) {
    count.sessions++;
    yield toSessionLine(outgoing);
    for await (const stored of outgoing.turns()) {
      count.turns++;
      yield toTurnLine(stored);
      for (const message of stored.messages) {
        const { role, createdAt } = message;
        let isFirst = true;
        for await (const content of outgoing.pieces(message)) {
          yield isFirst
            ? { type: 'message', turn_id: stored.turn.id, role, created_at: toTime(createdAt), content }
            : { type: 'content', content };
          isFirst = false;
        }
        if (isFirst)
          yield {
            type: 'message',
            turn_id: stored.turn.id,
            role,
            created_at: toTime(createdAt),
            content: '',
          };
        for await (const file of outgoing.files(message)) yield* toFileLines(stored.turn.id, file);
      }
      for (const call of stored.toolCalls)
        yield {
          type: 'tool_call',
          turn_id: call.turnId,
          ...toToolCallRecord(call),
          text_offset: call.textOffset,
        };
    }
  }
  yield { type: 'end', ...count };
}

function* toFileLines(turnId: number, { name, mediaType, content }: NewFile): Generator<ExportOf<'file'>> {
  const about = { type: 'file', turn_id: turnId, name, media_type: mediaType } as const;
  for (let at = 0; at === 0 || at < content.length; at += FILE_PART)
    yield { ...about, is_more: at > 0, content: content.slice(at, at + FILE_PART) };
}

function toSessionLine({ session, changes }: OutgoingSession): ExportOf<'session'> {
  const rest = SESSION.toRecord(session, [...AGENT_DETAILS, 'messageCount', 'turnCount', 'costUsd']);
  const all = changes.map(({ what, from, to, by, at }) => ({ what, from, to, by, at: toTime(at) }));
  const mode_switches = all.flatMap(({ what, ...change }) => (what === 'mode' ? [change] : []));
  return { type: 'session', ...rest, mode_switches, changes: all } as ExportOf<'session'>;
}

function toTurnLine({ turn, isCopy }: StoredTurn): ExportOf<'turn'> {
  const { id, session_id, status, continuity, ...rest } = TURN.toRecord(turn, ['owner', 'retryAt']);
  return { type: 'turn', session_id, id, status, continuity, is_copy: isCopy, ...rest } as ExportOf<'turn'>;
}
