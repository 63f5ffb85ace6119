/**
 * The beginning of an MCP connection, answered from a recording.
 *
 * Every turn of an agent starts our server, and the agent waits for it; but few turns call its tools. The protocol's
 * library takes several times as long to load as Node to start. So what it says to a client's first questions is recorded
 * from it when the program is built (.dev/build.mjs), and it is loaded when something else is asked.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Results by protocol version and method. */
export type Recording = Record<string, Record<string, object>>;

/** Beside the bundle; where this runs from source, or in an odd installation, there is none. */
export function readRecording(): Recording {
  try {
    const path = fileURLToPath(new URL('mcp-opening.json', import.meta.url));
    return JSON.parse(readFileSync(path, 'utf8')) as Recording;
  } catch {
    return {};
  }
}

interface Message {
  jsonrpc?: unknown;
  id?: unknown;
  method?: unknown;
  params?: { protocolVersion?: unknown; [name: string]: unknown };
}

export class Opening {
  /** Ids of the requests that were answered. */
  readonly answered = new Set<unknown>();
  /** Set when something came that has no recorded answer: the server is to read everything from the beginning. */
  isOver = false;
  readonly #recording: Recording;
  #results: Record<string, object> | undefined;
  #read: Buffer = Buffer.alloc(0);
  /** Up to where in what was read all is answered. */
  #done = 0;

  constructor(recording: Recording) {
    this.#recording = recording;
  }

  /** All that the client said so far. */
  get read(): Buffer {
    return this.#read;
  }

  /** Takes what the client said next, and gives what to say to it. */
  take(chunk: Buffer): string {
    this.#read = Buffer.concat([this.#read, chunk]);
    let said = '';
    for (let end; !this.isOver && (end = this.#read.indexOf('\n', this.#done)) !== -1;) {
      const message = parse(this.#read.toString('utf8', this.#done, end));
      const result = this.#answer(message);
      if (result === undefined) this.isOver = true;
      else this.#done = end + 1;
      if (result == null) continue;
      this.answered.add(message.id);
      said += `${JSON.stringify({ result, jsonrpc: '2.0', id: message.id })}\n`;
    }
    return said;
  }

  /** Null where nothing is to be said; undefined where the recording does not know what. */
  #answer({ jsonrpc, id, method, params }: Message): object | null | undefined {
    if (jsonrpc !== '2.0' || typeof method !== 'string') return undefined;
    if (method === 'initialize' && this.#results === undefined)
      this.#results = own(this.#recording, String(params?.protocolVersion));
    else if (method === 'notifications/initialized') return this.#results && null;
    else if (params !== undefined && Object.keys(params).length > 0) return undefined;
    const isAnswerable = (typeof id === 'number' || typeof id === 'string') && !this.answered.has(id);
    return isAnswerable && this.#results ? own(this.#results, method) : undefined;
  }
}

/** Names come from outside: `constructor` is one too. */
function own<Value>(table: Record<string, Value>, name: string): Value | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

function parse(line: string): Message {
  try {
    return (JSON.parse(line) as Message | null) ?? {};
  } catch {
    return {};
  }
}
