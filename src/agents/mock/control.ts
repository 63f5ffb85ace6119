import { randomUUID } from 'node:crypto';
import { CLOSED } from './servers/server.ts';
import type { RpcAnswer, RpcRequest } from './servers/server.ts';
import type { Output } from './output.ts';
import { Requests } from './requests.ts';

/** What the starter of the agent answers a request of ours with. */
interface ControlAnswer {
  mcp_response?: RpcAnswer;
}

/** The line of stdin that brings it. */
export interface ControlResponseLine {
  type: 'control_response';
  response?: { request_id?: string; response?: ControlAnswer };
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
    return await this.#requests.ask(id, () =>
      this.#output.record({ type: 'control_request', request_id: id, request }),
    );
  }

  /** A message of MCP to a server of type `sdk`, and what it answers. */
  async exchange(server: string, message: RpcRequest): Promise<RpcAnswer | undefined> {
    const { mcp_response } = await this.ask({ subtype: 'mcp_message', server_name: server, message });
    return mcp_response;
  }

  take({ response: { request_id = '', response = {} } = {} }: ControlResponseLine): void {
    this.#requests.answer(request_id, response);
  }

  close(): void {
    this.#requests.close(CLOSED);
  }
}
