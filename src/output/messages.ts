import type { MessageOutput, TextSource } from '../model/records.ts';
import type { Palette } from './colour.ts';
import { findFence, renderCode } from '../text/markdown.ts';
import { oneLine } from '../text/safe-text.ts';
import { formatSize } from './size.ts';
import { describeToolCall } from './tool-line.ts';
import type { Piece } from './printer.ts';

interface MessageStyle {
  paint: Palette;
  /** `## Assistant` headings instead of plain ones. */
  isMarkdown?: boolean;
  /** Whether tool calls are shown, one a line. */
  withTools?: boolean;
}

/**
 * A history for people: the role, the time, the status if the turn failed, then the text.
 *
 * In Markdown the text is fenced, so that nothing in it is read as a heading, another message or HTML.
 */
export async function* renderMessages(
  messages: Iterable<MessageOutput> | AsyncIterable<MessageOutput>,
  style: MessageStyle,
): AsyncGenerator<Piece> {
  let separator = '';
  let unanswered: MessageOutput | undefined;
  for await (const message of messages) {
    if (message.turn_id !== unanswered?.turn_id) yield { styled: endingLine(unanswered, style) };
    unanswered = message.role === 'user' ? message : undefined;
    yield { styled: `${separator}${heading(message, style)}\n\n` };
    separator = '\n';
    yield { styled: fileLines(message, style) };
    if (style.withTools === true) yield { styled: toolLines(message, style) };
    yield* style.isMarkdown === true ? fenced(message.content) : inLines(message.content);
  }
  yield { styled: endingLine(unanswered, style) };
}

/** How a turn ended that has no answer. */
function endingLine(message: MessageOutput | undefined, { paint, isMarkdown }: MessageStyle): string {
  if (message === undefined || message.status === 'completed') return '';
  const words = `turn ${message.turn_id}: ${message.status.replace('_', ' ')}`;
  return isMarkdown === true ? `\n*${capital(words)}*\n` : `\n${paint.dim(words)}\n`;
}

function heading(message: MessageOutput, { paint, isMarkdown }: MessageStyle): string {
  const at = message.created_at.replace('T', ' ').replace(/(\.\d+)?Z$/, 'Z');
  const notes = [at];
  if (message.role === 'assistant' && message.status !== 'completed')
    notes.push(message.status.replace('_', ' '));
  if (message.cost_usd > 0) notes.push(`$${message.cost_usd.toFixed(4)}`);
  const rest = notes.join(' · ');
  return isMarkdown === true
    ? `## ${capital(message.role)} (${rest})`
    : `${paint.bold(message.role)}  ${paint.dim(rest)}`;
}

function fileLines({ files }: MessageOutput, { paint, isMarkdown }: MessageStyle): string {
  const lines = files.map(({ name, media_type, bytes }) => {
    const line = `${oneLine(name)} (${media_type}, ${formatSize(bytes)})`;
    return isMarkdown === true ? `- ${renderCode(line, Infinity)}` : paint.dim(`+ ${line}`);
  });
  return lines.length === 0 ? '' : `${lines.join('\n')}\n\n`;
}

function toolLines({ tool_calls }: MessageOutput, { paint, isMarkdown }: MessageStyle): string {
  const lines = tool_calls.map((call) => {
    const ending = call.denied ? ' (denied)' : call.is_error ? ' (failed)' : '';
    const line = describeToolCall(call) + ending;
    return isMarkdown === true ? `- ${renderCode(line, Infinity)}` : paint.dim(`→ ${line}`);
  });
  return lines.length === 0 ? '' : `${lines.join('\n')}\n\n`;
}

async function* inLines(content: TextSource): AsyncGenerator<string> {
  let last = '';
  for await (const piece of inPieces(content)) {
    if (piece === '') continue;
    last = piece;
    yield piece;
  }
  if (last !== '' && !last.endsWith('\n')) yield '\n';
}

async function* fenced(content: TextSource): AsyncGenerator<string> {
  if (content === '') return;
  const fence = await findFence(inPieces(content));
  yield `${fence}\n`;
  yield* inLines(content);
  yield `${fence}\n`;
}

function inPieces(content: TextSource): Iterable<string> | AsyncIterable<string> {
  return typeof content === 'string' ? [content] : content;
}

function capital(word: string): string {
  return oneLine(word).replace(/^./, (letter) => letter.toUpperCase());
}
