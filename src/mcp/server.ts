import { pipeline } from 'node:stream/promises';
import type { Readable, Writable } from 'node:stream';
import { SessionError } from '../errors.ts';
import { readLines } from '../system/read-lines.ts';
import { failure } from './responder.ts';
import type { McpResponder } from './responder.ts';

/** The longest message. A longer one can't be refused by its id, because the id is not known. */
const MAX_MESSAGE_BYTES = 8 << 20;
const PARSE_ERROR = -32700;

/**
 * Serves MCP on stdin and stdout until stdin ends and all requests are answered, or either stream is closed.
 *
 * Handles one message at a time, so answers come in order. Throws USAGE for a message that is too long.
 */
export async function serveStdio(stdin: Readable, stdout: Writable, responder: McpResponder): Promise<void> {
  async function* answers(source: AsyncIterable<unknown>): AsyncGenerator<string> {
    for await (const line of readLines(source, MAX_MESSAGE_BYTES)) {
      if (line === undefined)
        throw new SessionError('USAGE', `A message has more than ${MAX_MESSAGE_BYTES} bytes.`);
      const answer = line.trim() === '' ? undefined : await answerLine(line, responder);
      if (answer !== undefined) yield `${JSON.stringify(answer)}\n`;
    }
  }
  try {
    await pipeline(stdin, answers, stdout, { end: false });
  } catch (error) {
    if (!GONE.has((error as NodeJS.ErrnoException).code)) throw error;
  }
}

/** Error codes of a stream that the other side closed, or that we destroyed. */
const GONE = new Set<string | undefined>(['EPIPE', 'ECONNRESET', 'ERR_STREAM_PREMATURE_CLOSE']);

async function answerLine(line: string, responder: McpResponder): Promise<object | undefined> {
  let message: unknown;
  try {
    message = JSON.parse(line);
  } catch {
    return failure(null, PARSE_ERROR, 'This is not JSON.');
  }
  return await responder.answer(message);
}
