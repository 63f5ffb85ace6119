import type { Writable } from 'node:stream';
import { readLines } from '../../system/read-lines.ts';
import type { ControlAnswer } from './control.ts';
import type { MockIo } from './io.ts';
import type { Machine } from './machine.ts';
import { readMessage } from './message.ts';
import type { UserLine } from './message.ts';

const SHOWN_CHARACTERS = 200;

interface ControlRequest {
  subtype: string;
  sdkMcpServers?: string[];
  systemPromptSnapshot?: boolean;
}

type StdinLine =
  | UserLine
  | { type: 'control_response'; response: { request_id: string; response?: ControlAnswer } }
  | { type: 'control_request'; request_id: string; request: ControlRequest };

interface Receivers {
  /** Receives the messages, as objects. */
  inbox: Writable;
  /** Stops the turn that runs. */
  interrupt(): void;
  /** Ends the process because of a line that is not JSON. */
  refuse(): void;
}

/** Passes on the lines of stdin, until its end. */
export async function readStdin(machine: Machine, io: MockIo, to: Receivers): Promise<void> {
  try {
    for await (const line of readLines(io.stdin)) if (line?.trim()) take(line);
  } catch (error) {
    // Other errors mean that stdin was destroyed because the process is ending.
    if (error instanceof SyntaxError) to.refuse();
  }
  machine.control.close();
  to.inbox.end();

  function take(json: string): void {
    const line = parseLine(json);
    if (line.type === 'control_response')
      machine.control.answer(line.response.request_id, line.response.response ?? {});
    else if (line.type === 'control_request') answerRequest(line.request_id, line.request);
    else if (line.type === 'user') {
      const message = readMessage(line);
      if (!machine.transcript.hasTaken(message.uuid)) machine.output.lifecycle(message.uuid, 'queued');
      to.inbox.write(message);
    }
  }

  function parseLine(json: string): StdinLine {
    try {
      return JSON.parse(json) as StdinLine;
    } catch (error) {
      const shown = json.slice(0, SHOWN_CHARACTERS);
      io.stderr.write(`Error parsing streaming input line: ${shown}: ${String(error)}\n`);
      throw error;
    }
  }

  function answerRequest(request_id: string, request: ControlRequest): void {
    const succeed = (more: object = {}): void =>
      machine.output.record({
        type: 'control_response',
        response: { subtype: 'success', request_id, ...more },
      });
    if (request.subtype === 'initialize') {
      if (request.systemPromptSnapshot === false) machine.keepsPrompt = false;
      machine.mcp.connectInBand(request.sdkMcpServers ?? []);
      succeed({ response: { commands: [], agents: [], models: [] } });
    } else if (request.subtype === 'mcp_status') {
      succeed({ response: { mcpServers: machine.mcp.statuses() } });
    } else if (request.subtype === 'interrupt' && !machine.ignored.has('interrupt')) {
      succeed();
      to.interrupt();
    }
  }
}
