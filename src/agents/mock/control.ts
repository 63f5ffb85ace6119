import { randomUUID } from 'node:crypto';
import type { PermissionAnswer } from './ask.ts';
import type { Output } from './output.ts';
import { Requests } from './requests.ts';
import { CLOSED } from './servers/server.ts';
import type { RpcAnswer, RpcRequest } from './servers/server.ts';

/** What the starter of the agent answers a request of ours with. */
export interface ControlAnswer extends PermissionAnswer {
  mcp_response?: RpcAnswer;
}

/** What the agent asks of who started it, over its own pipe. */
export class Control {
  readonly #output: Output;
  readonly #requests = new Requests<ControlAnswer>();

  constructor(output: Output) {
    this.#output = output;
  }

  /** Resolves to the answer; rejects when stdin ends before it comes. With `signal` it can be taken back. */
  async ask(request: object, signal?: AbortSignal): Promise<ControlAnswer> {
    const request_id = randomUUID();
    const takeBack = (): void => this.#output.record({ type: 'control_cancel_request', request_id });
    signal?.addEventListener('abort', takeBack);
    try {
      const line = { type: 'control_request', request_id, request };
      return await this.#requests.ask(request_id, () => this.#output.record(line));
    } finally {
      signal?.removeEventListener('abort', takeBack);
    }
  }

  /** A message of MCP to a server of type `sdk`, and what it answers. */
  async exchange(server: string, message: RpcRequest): Promise<RpcAnswer | undefined> {
    return (await this.ask({ subtype: 'mcp_message', server_name: server, message })).mcp_response;
  }

  answer(id: string, answer: ControlAnswer): void {
    this.#requests.answer(id, answer);
  }

  close(): void {
    this.#requests.close(CLOSED);
  }
}
