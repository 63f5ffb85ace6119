import type { Message, ToolCall } from '../model/model.ts';
import type { MessageFile } from '../model/message-file.ts';
import { cutHead, renderCode, renderFence, renderLine } from '../text/markdown.ts';

const MAX_TOOL_CALLS = 20;
const MAX_INPUT_CHARS = 160;

export interface History {
  /** The newest messages, oldest first. */
  messages: Message[];
  /** Whether there are earlier messages. */
  isCut: boolean;
}

/**
 * The recent history as Markdown, described as data: the newest messages that fit into `maxChars`.
 *
 * The oldest messages are dropped first. The newest is cut if needed, but not dropped. Notes say what is missing.
 */
export function renderHistory(history: History, maxChars: number): string[] {
  const shown: string[] = [];
  let left = maxChars;
  for (const message of history.messages.toReversed()) {
    const text = renderMessage(message, shown.length === 0 ? left : Infinity);
    if (text.length > left && shown.length > 0) break;
    shown.unshift(text);
    left -= text.length;
  }
  const cut =
    history.isCut || shown.length < history.messages.length
      ? [
          'Earlier messages are not shown here. If you have the tools of the MCP server `session`, `read_messages` and `search_history` reach them.',
        ]
      : [];
  return [...cut, ...shown];
}

function renderMessage(message: Message, maxChars: number): string {
  const ending =
    message.role === 'user' || message.status === 'completed' ? '' : ` (${message.status.replace('_', ' ')})`;
  const content = cutHead(message.content, maxChars);
  const total = message.isCut ? 'more' : message.content.length;
  const cut =
    content === message.content && message.isCut !== true
      ? []
      : [`Cut: the first ${content.length} of ${total} characters.`];
  const body = content === '' ? ['(no text)'] : [renderFence(content)];
  return [
    `### ${message.role}${ending}`,
    ...renderFiles(message.files),
    ...cut,
    ...body,
    ...renderToolCalls(message.toolCalls),
  ].join('\n\n');
}

/** The files of a message, on one line. */
export function renderFiles(files: readonly MessageFile[]): string[] {
  if (files.length === 0) return [];
  return [
    `Sent with it: ${files.map(({ name, mediaType }) => `${renderCode(name, 200)} (${mediaType})`).join(', ')}`,
  ];
}

/** Tool calls and how they ended, one a line. Inputs are cut, and results left out. */
export function renderToolCalls(calls: ToolCall[]): string[] {
  if (calls.length === 0) return [];
  const lines = calls.slice(0, MAX_TOOL_CALLS).map((call) => {
    const input = renderCode(JSON.stringify(call.input) ?? '', MAX_INPUT_CHARS);
    return `- ${renderLine(call.name, 100)} ${input}: ${outcomeOf(call)}`;
  });
  const rest = calls.length > MAX_TOOL_CALLS ? [`- and ${calls.length - MAX_TOOL_CALLS} more`] : [];
  return [`Tools used:\n${[...lines, ...rest].join('\n')}`];
}

function outcomeOf(call: ToolCall): string {
  if (call.denied) return 'denied';
  if (call.result === null) return 'no result';
  return call.isError ? 'failed' : `ok, ${call.result.length} characters`;
}
