import { randomUUID } from 'node:crypto';
import type { PermissionAnswer } from './ask.ts';
import type { Output } from './output.ts';
import { Requests } from './requests.ts';
import { CLOSED } from './servers/server.ts';
import type { RpcAnswer, RpcRequest } from './servers/server.ts';

/** The answer of the agent's parent process to a request. */
export interface ControlAnswer extends PermissionAnswer {
  mcp_response?: RpcAnswer;
}

/** Sends the agent's requests to its parent process, over stdout. */
export class Control {
  readonly #output: Output;
  readonly #requests = new Requests<ControlAnswer>();

  constructor(output: Output) {
    this.#output = output;
  }

  /** Resolves to the answer, and rejects when stdin ends before. `signal` cancels the request. */
  async ask(request: object, signal?: AbortSignal): Promise<ControlAnswer> {
    const request_id = randomUUID();
    const cancel = (): void => this.#output.record({ type: 'control_cancel_request', request_id });
    signal?.addEventListener('abort', cancel);
    try {
      const line = { type: 'control_request', request_id, request };
      return await this.#requests.ask(request_id, () => this.#output.record(line));
    } finally {
      signal?.removeEventListener('abort', cancel);
    }
  }

  /** Sends an MCP message to a server of type `sdk`, and resolves to its answer. */
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
