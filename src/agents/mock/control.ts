import { randomUUID } from 'node:crypto';
import type { Output } from './output.ts';
import { Requests } from './requests.ts';
import { CLOSED } from './servers/server.ts';
import type { RpcAnswer, RpcRequest } from './servers/server.ts';

/** What the starter of the agent answers a request of ours with. */
export interface ControlAnswer {
  mcp_response?: RpcAnswer;
}

/** What the agent asks of who started it, over its own pipe. */
export class Control {
  readonly #output: Output;
  readonly #requests = new Requests<ControlAnswer>();

  constructor(output: Output) {
    this.#output = output;
  }

  /** Resolves to the answer; rejects when stdin ends before it comes. */
  async ask(request: object): Promise<ControlAnswer> {
    const id = randomUUID();
    const line = { type: 'control_request', request_id: id, request };
    return await this.#requests.ask(id, () => this.#output.record(line));
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
