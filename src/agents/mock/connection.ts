const CLOSED = 'MCP error -32000: Connection closed';

export interface RpcMessage {
  id?: number;
  result?: Record<string, unknown>;
  error?: { code: number; message: string };
}

/** JSON-RPC with one server, over whatever carries its messages. */
export class Connection {
  readonly #send: (message: object) => void;
  readonly #waiting = new Map<number, { resolve: (result: never) => void; reject: (error: Error) => void }>();
  #nextId = 0;
  #isClosed = false;

  constructor(send: (message: object) => void) {
    this.#send = send;
  }

  async request<Result>(method: string, params: object): Promise<Result> {
    if (this.#isClosed) throw new Error(CLOSED);
    const id = this.#nextId++;
    return await new Promise<Result>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#send({ jsonrpc: '2.0', id, method, params });
    });
  }

  notify(method: string): void {
    this.#send({ jsonrpc: '2.0', method });
  }

  receive({ id = -1, result, error }: RpcMessage): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error === undefined) waiting?.resolve((result ?? {}) as never);
    else waiting?.reject(new Error(`MCP error ${error.code}: ${error.message}`));
  }

  close(): void {
    this.#isClosed = true;
    for (const { reject } of this.#waiting.values()) reject(new Error(CLOSED));
    this.#waiting.clear();
  }
}
