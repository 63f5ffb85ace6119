import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ModelReply, Part, TokenUsage } from './api-reply.ts';

type Block = Extract<Part, { type: 'text' | 'thinking' | 'tool_use' }>;
type Break = Exclude<Part, Block>;
type Send = (event: { type: string } & Record<string, unknown>) => Promise<void>;

let lastMessage = 0;

/** Sends a reply as the server-sent events of a streaming call, waiting for a slow reader. */
export async function streamReply(
  response: ServerResponse,
  answer: ModelReply,
  model: string,
): Promise<void> {
  const send: Send = async (event) => {
    if (!response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`)) await drained(response);
  };
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  await send({
    type: 'message_start',
    message: { ...envelope(answer, model), content: [], stop_reason: null },
  });
  for (const [index, part] of answer.parts.entries()) {
    if (isBreak(part)) return await breakOff(part, response, send);
    await send({ type: 'content_block_start', index, content_block: emptyBlock(part) });
    for (const delta of deltas(part)) {
      await send({ type: 'content_block_delta', index, delta });
      if (part.type === 'text' && part.pauseMs > 0) await sleep(part.pauseMs);
      if (response.destroyed) return;
    }
    const next = answer.parts[index + 1];
    if (next === undefined || !isBreak(next)) await send({ type: 'content_block_stop', index });
  }
  const { stop_reason, usage } = envelope(answer, model);
  await send({ type: 'message_delta', delta: { stop_reason, stop_sequence: null }, usage });
  await send({ type: 'message_stop' });
  response.end();
}

/** Sends a reply as one JSON document, for a call that does not stream. */
export function sendReply(response: ServerResponse, answer: ModelReply, model: string): void {
  const content: unknown[] = [];
  for (const part of answer.parts) {
    if (part.type === 'hang') return;
    if (part.type === 'drop') return void response.destroy();
    if (part.type === 'error') return sendJson(response, 500, { type: 'error', error: part.error });
    content.push(wholeBlock(part));
  }
  sendJson(response, 200, { ...envelope(answer, model), content });
}

export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}

function envelope(answer: ModelReply, model: string) {
  const usage: TokenUsage = {
    input_tokens: 10,
    output_tokens: 5,
    cache_read_input_tokens: 0,
    cache_creation_input_tokens: 0,
    ...answer.usage,
  };
  const callsTool = answer.parts.some((part) => part.type === 'tool_use');
  const stop_reason = answer.stopReason ?? (callsTool ? 'tool_use' : 'end_turn');
  return {
    id: `msg_${++lastMessage}`,
    type: 'message',
    role: 'assistant',
    model,
    stop_reason,
    stop_sequence: null,
    usage,
  };
}

function isBreak(part: Part): part is Break {
  return part.type === 'hang' || part.type === 'drop' || part.type === 'error';
}

async function breakOff(part: Break, response: ServerResponse, send: Send): Promise<void> {
  if (part.type === 'hang') return;
  if (part.type === 'error') await send({ type: 'error', error: part.error });
  // Ends the connection normally in the middle of the stream, so that everything sent arrives.
  response.socket?.end();
}

function emptyBlock(part: Block): unknown {
  if (part.type === 'text') return { type: 'text', text: '' };
  if (part.type === 'thinking') return { type: 'thinking', thinking: '', signature: '' };
  return { ...part, input: {} };
}

function wholeBlock(part: Block): unknown {
  if (part.type === 'text') return { type: 'text', text: [...part.deltas].join('') };
  if (part.type === 'thinking') return { ...part, signature: 'signed' };
  return part;
}

function* deltas(part: Block): Generator<unknown> {
  if (part.type === 'text') {
    for (const piece of part.deltas) yield { type: 'text_delta', text: piece };
  } else if (part.type === 'thinking') {
    yield { type: 'thinking_delta', thinking: part.thinking };
    yield { type: 'signature_delta', signature: 'signed' };
  } else {
    yield { type: 'input_json_delta', partial_json: JSON.stringify(part.input) };
  }
}

async function drained(response: ServerResponse): Promise<void> {
  const closed = new AbortController();
  const abort = (): void => closed.abort();
  response.once('close', abort);
  await once(response, 'drain', { signal: closed.signal }).catch(() => undefined);
  response.off('close', abort);
}
