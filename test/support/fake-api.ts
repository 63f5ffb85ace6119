import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { reply, type Reply } from './api-reply.ts';
import { sendJson, sendReply, streamReply } from './api-stream.ts';

/** The part of a Messages API request that tests look at. */
export interface MessagesRequest {
  model: string;
  stream?: boolean;
  system?: { type: 'text'; text: string }[];
  messages: ApiMessage[];
  tools?: { name: string }[];
  output_config?: { effort?: string };
}

export interface ApiMessage {
  role: 'user' | 'assistant' | 'system';
  content: string | ContentBlock[];
}

export interface ContentBlock {
  type: string;
  text?: string;
  tool_use_id?: string;
  content?: unknown;
  is_error?: boolean;
  [field: string]: unknown;
}

export interface RecordedRequest {
  headers: IncomingHttpHeaders;
  body: MessagesRequest;
}

/** Decides the answer of each model call, given all earlier calls. */
export type Script = (request: RecordedRequest, earlier: RecordedRequest[]) => Reply | undefined;

/**
 * A fake Messages API on 127.0.0.1. It answers by a test's script and records the requests.
 *
 * It uses queued replies first, then the script, and else answers `ok`.
 */
export interface FakeApi {
  readonly url: string;
  readonly requests: RecordedRequest[];
  answer(...replies: Reply[]): void;
  script(script: Script): void;
  /** Clears requests, queue and script. */
  reset(): void;
  close(): Promise<void>;
}

export async function startFakeApi({ port = 0, keepRequests = true } = {}): Promise<FakeApi> {
  const requests: RecordedRequest[] = [];
  const queue: Reply[] = [];
  let script: Script = () => undefined;

  const server = createServer((request, response) => {
    response.on('error', () => undefined);
    handle(request, response).catch((error: unknown) => response.destroy(error as Error));
  });
  await new Promise<void>((resolve) => {
    server.listen(port, '127.0.0.1', resolve);
  });

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const bytes = await readAll(request);
    const isMessages = request.method === 'POST' && request.url?.split('?')[0] === '/v1/messages';
    if (!isMessages) return sendJson(response, 404, { type: 'error', error: { type: 'not_found_error' } });
    const recorded = {
      headers: request.headers,
      body: JSON.parse(bytes.toString('utf8')) as MessagesRequest,
    };
    const answer = queue.shift() ?? script(recorded, requests) ?? reply('ok');
    if (keepRequests) requests.push(recorded);
    if ('status' in answer) {
      return sendJson(response, answer.status, { type: 'error', error: answer.error }, answer.headers);
    }
    if (recorded.body.stream === true) return streamReply(response, answer, recorded.body.model);
    return sendReply(response, answer, recorded.body.model);
  }

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    answer: (...replies) => void queue.push(...replies),
    script: (next) => {
      script = next;
    },
    reset() {
      requests.length = 0;
      queue.length = 0;
      script = () => undefined;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function readAll(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
