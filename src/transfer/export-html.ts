import { describeToolCall } from '../output/tool-line.ts';
import { oneLine } from '../text/safe-text.ts';
import type { ToolCall } from '../model/model.ts';
import type { NewFile } from '../model/message-file.ts';
import type { StoredMessage, StoredTurn } from '../store/transfer-store.ts';
import { VERSION } from '../version.ts';
import { escapeHtml } from './escape-html.ts';
import { STYLE } from './html-style.ts';
import { renderMarkdown } from './markdown-html.ts';
import type { OutgoingSession } from './source.ts';

/** The limit of a tool's input or result, in characters. */
const SHOWN_CHARS = 20_000;
/** A longer answer is shown as plain text. */
const MARKDOWN_CHARS = 300_000;

/**
 * One HTML page without scripts, fonts or other resources. Its content security policy forbids to load any. Images are
 * embedded. Everything from a conversation is escaped.
 */
export async function* exportHtml(
  sessions: AsyncIterable<OutgoingSession>,
  title: string,
): AsyncGenerator<string> {
  yield `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'">
<meta name="referrer" content="no-referrer">
<title>${escapeHtml(oneLine(title))}</title>
<style>${STYLE}</style>
</head>
<body>
`;
  for await (const outgoing of sessions) {
    yield renderAbout(outgoing);
    for await (const stored of outgoing.turns())
      for (const message of stored.messages) yield* renderMessage(outgoing, stored, message);
    yield '</article>\n';
  }
  yield `<footer>Exported by session ${escapeHtml(VERSION)} on ${time(Date.now())}.</footer>\n</body>\n</html>\n`;
}

function renderAbout({ session }: OutgoingSession): string {
  const rows: [string, string | null][] = [
    ['Session', session.id],
    ['Mode', session.mode],
    ['Root', session.root],
    ['Study', session.study],
    ['Model', session.model],
    ['Created', time(session.createdAt)],
    ['Messages', String(session.messageCount)],
    ['Cost', session.costUsd > 0 ? `$${session.costUsd.toFixed(4)}` : null],
  ];
  const list = rows.flatMap(([name, value]) =>
    value === null ? [] : [`<dt>${name}</dt><dd>${escapeHtml(oneLine(value))}</dd>`],
  );
  return `<article>\n<h1>${escapeHtml(oneLine(session.name ?? `Session ${session.id}`))}</h1>\n<dl class=about>${list.join('')}</dl>\n`;
}

async function* renderMessage(
  outgoing: OutgoingSession,
  { turn, toolCalls, messages }: StoredTurn,
  message: StoredMessage,
): AsyncGenerator<string> {
  const isAnswer = message.role === 'assistant';
  const notes = [`<b>${message.role}</b>`, `<time>${time(message.createdAt)}</time>`];
  const isLast = isAnswer || messages.every(({ role }) => role === 'user');
  if (isLast && turn.status !== 'completed')
    notes.push(`<span class=bad>${turn.status.replace('_', ' ')}</span>`);
  if (isAnswer && turn.costUsd > 0) notes.push(`<span>$${turn.costUsd.toFixed(4)}</span>`);
  notes.push(`<a href="#m${message.id}">#${message.id}</a>`);
  yield `<section class=${message.role} id=m${message.id}>\n<h2>${notes.join(' ')}</h2>\n<div class=said>\n`;
  for await (const file of outgoing.files(message)) yield renderFile(file);
  if (message.isCut || message.content.length > MARKDOWN_CHARS) {
    if (isAnswer) yield toolCalls.map(renderCall).join('');
    yield '<div class=plain>';
    for await (const piece of outgoing.pieces(message)) yield escapeHtml(piece);
    yield '</div>\n';
  } else if (isAnswer) yield renderAnswer(message.content, toolCalls);
  else yield `<div class=plain>${escapeHtml(message.content)}</div>\n`;
  if (isAnswer && turn.errorMessage !== null) yield `<p class=bad>${escapeHtml(turn.errorMessage)}</p>\n`;
  yield '</div>\n</section>\n';
}

/** An image, or a link to save a file. */
function renderFile({ name, mediaType, content }: NewFile): string {
  const shown = escapeHtml(oneLine(name));
  const type = mediaType === 'text/plain' ? `${mediaType};charset=utf-8` : mediaType;
  const url = `data:${type};base64,${content}`;
  const isImage = mediaType.startsWith('image/');
  const body = isImage
    ? `<img src="${url}" alt="${shown}">`
    : `<a href="${url}" download="${shown}">${shown}</a>`;
  return `<figure>${body}${isImage ? `<figcaption>${shown}</figcaption>` : ''}</figure>\n`;
}

/** The text with its tool calls at their positions. */
function renderAnswer(content: string, toolCalls: readonly ToolCall[]): string {
  let html = '';
  let at = 0;
  for (const call of toolCalls) {
    const to = Math.min(Math.max(call.textOffset, at), content.length);
    html += renderMarkdown(content.slice(at, to)) + renderCall(call);
    at = to;
  }
  return html + renderMarkdown(content.slice(at));
}

function renderCall(call: ToolCall): string {
  const ending = call.denied
    ? ' <span class=bad>denied</span>'
    : call.isError
      ? ' <span class=bad>failed</span>'
      : '';
  const line = describeToolCall(call);
  const name = oneLine(call.name);
  const about = line.startsWith(name) ? line.slice(name.length) : ` ${line}`;
  const input = escapeHtml(cut(JSON.stringify(call.input, null, 2) ?? ''));
  const result = call.result === null ? '' : `<pre>${escapeHtml(cut(call.result))}</pre>`;
  return `<details><summary><b>${escapeHtml(name)}</b>${escapeHtml(about)}${ending}</summary><pre><code>${input}</code></pre>${result}</details>\n`;
}

function cut(text: string): string {
  return text.length <= SHOWN_CHARS
    ? text
    : `${text.slice(0, SHOWN_CHARS)}\n… (${text.length - SHOWN_CHARS} more characters)`;
}

function time(at: number): string {
  return new Date(at)
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z$/, ' UTC');
}
