import { cutHead, renderFence } from '../text/markdown.ts';
import { renderFiles, renderToolCalls } from '../context/replay.ts';
import type { Message } from '../model/model.ts';
import type { HistoryHit } from './history-reader.ts';

const MAX_CHARS_IN_PAGE = 10_000;

/** `Message 12, assistant, 2026-01-02T03:04:05Z, interrupted`. */
function renderMessageTitle({ id, role, createdAt, status }: Message): string {
  const at = new Date(createdAt).toISOString().replace(/\.\d+Z$/, 'Z');
  return `Message ${id}, ${role}, ${at}${role === 'user' || status === 'completed' ? '' : `, ${status.replace('_', ' ')}`}`;
}

/** A message from `offset` on, at most `maxChars` characters. A note says what is left out and how to get it. */
export function renderMessage(message: Message, offset: number, maxChars: number): string {
  const { id, content, toolCalls } = message;
  const text = cutHead(content.slice(offset), maxChars);
  const end = offset + text.length;
  const isWhole = text.length === content.length;
  const more = end < content.length ? `; for more: id ${id}, offset ${end}` : '';
  return [
    `### ${renderMessageTitle(message)}`,
    ...renderFiles(message.files),
    ...(isWhole ? [] : [`Characters ${offset} to ${end} of ${content.length}${more}.`]),
    text === '' ? '(no text)' : renderFence(text),
    ...(end < content.length ? [] : renderToolCalls(toolCalls)),
  ].join('\n\n');
}

/** A message, with only the part around the match. */
export function renderSnippet({ message, snippet }: HistoryHit): string {
  return `### ${renderMessageTitle(message)}\n\n${renderFence(snippet)}`;
}

/** The newest messages that fit, oldest first, with a note how to get the earlier ones. */
export function renderPage(messages: Message[], limit: number, maxChars: number): string {
  const shown: string[] = [];
  let left = maxChars;
  for (const message of messages.toReversed()) {
    const text = renderMessage(message, 0, MAX_CHARS_IN_PAGE);
    if (text.length > left && shown.length > 0) break;
    shown.unshift(text);
    left -= text.length;
  }
  const first = messages.at(-shown.length);
  if (first === undefined) return 'There are no messages.';
  const isStart = shown.length === messages.length && messages.length < limit;
  return [
    isStart ? 'This is the start of the session.' : `For the messages before these: before ${first.id}.`,
    ...shown,
  ].join('\n\n');
}
