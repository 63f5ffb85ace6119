import { choosePalette } from '../output/colour.ts';
import { renderMessages } from '../output/messages.ts';
import type { MessageOutput } from '../model/records.ts';
import { toTime, toToolCallRecord, toFileRecord } from '../model/to-record.ts';
import { renderCode } from '../text/markdown.ts';
import { oneLine } from '../text/safe-text.ts';
import type { Piece } from '../output/printer.ts';
import type { StoredMessage } from '../store/transfer-store.ts';
import type { OutgoingSession } from './source.ts';

const PAINT = choosePalette({}, {}, 'never');

/** Sessions as Markdown: for each a heading, then its messages like `history --markdown`. */
export async function* exportMarkdown(sessions: AsyncIterable<OutgoingSession>): AsyncGenerator<Piece> {
  let separator = '';
  for await (const outgoing of sessions) {
    const { id, name, root, study, mode } = outgoing.session;
    const about = [
      `\`${id}\``,
      `${mode} mode`,
      `in ${renderCode(root, Infinity)}`,
      ...(study === null ? [] : [`study ${renderCode(study)}`]),
    ];
    yield `${separator}# ${oneLine(name ?? `Session ${id}`)}\n\n${about.join(' · ')}\n\n`;
    separator = '\n';
    yield* renderMessages(messages(outgoing), { paint: PAINT, isMarkdown: true, withTools: true });
  }
}

async function* messages(outgoing: OutgoingSession): AsyncGenerator<MessageOutput> {
  for await (const { turn, messages: both, toolCalls } of outgoing.turns())
    for (const message of both)
      yield {
        id: message.id,
        session_id: turn.sessionId,
        turn_id: turn.id,
        role: message.role,
        content: { [Symbol.asyncIterator]: () => readPieces(outgoing, message) },
        status: turn.status,
        files: message.files.map(toFileRecord),
        tool_calls: message.role === 'assistant' ? toolCalls.map(toToolCallRecord) : [],
        output: message.role === 'assistant' ? turn.output : null,
        cost_usd: message.role === 'assistant' ? turn.costUsd : 0,
        created_at: toTime(message.createdAt),
      };
}

async function* readPieces(outgoing: OutgoingSession, message: StoredMessage): AsyncGenerator<string> {
  yield* outgoing.pieces(message);
}
