import { setTimeout as pause } from 'node:timers/promises';
import type { McpServerStatus } from '../agents/events.ts';
import { ChangeSignal } from '../agents/process/change-signal.ts';
import { followLog } from '../agents/process/follow.ts';
import { findAgent } from '../agents/table.ts';
import { SessionError } from '../errors.ts';
import type { McpResponder } from '../mcp/responder.ts';
import type { AgentTrace } from './run-files.ts';
import type { StopRequest } from './stop-request.ts';
import type { RunningAgent } from './supervise.ts';

/** How often an agent is asked whether its servers are connected. */
const ASK_MS = 200;

interface Waiting {
  agent: RunningAgent;
  trace: AgentTrace;
  /** The servers that have to be connected. */
  names: readonly string[];
  /** The log position to begin at. */
  logStart: number;
  /** How long a server may take to connect. */
  timeoutMs: number;
  server: McpResponder;
  stop: StopRequest;
}

/**
 * Waits until an agent that has not got its message yet is connected to every server.
 *
 * Resolves to the position up to which the log was read. Resolves early when the turn is stopped or the agent has
 * exited; the code that follows the turn then handles that. Throws MCP_NOT_CONNECTED for a server that failed or did
 * not connect in time.
 */
export async function awaitServers(waiting: Waiting): Promise<number> {
  const { agent, trace, names, logStart, timeoutMs, server, stop } = waiting;
  const { send } = agent;
  if (send === undefined || names.length === 0) return logStart;
  const { lines, parse } = findAgent(trace.agent);
  const until = performance.now() + timeoutMs;
  const over = new AbortController();
  const unlisten = stop.listen(() => over.abort());
  let isOver = false;
  let logEnd = logStart;
  let missing: McpServerStatus = { name: names[0]!, status: 'pending' };
  const wake = agent.exited.then(() => (isOver = true));
  try {
    await send(lines.mcpStatus());
    const batches = followLog(trace.logPath, {
      offset: logStart,
      isOver: () => isOver,
      wake,
      changes: new ChangeSignal(),
      signal: over.signal,
    });
    for await (const batch of batches) {
      if (performance.now() >= until) throw notConnected(missing);
      for (const { text, end } of batch) {
        logEnd = end;
        for (const event of parse(text)) {
          if (event.type === 'mcp_request')
            void server
              .answer(event.message)
              .then((answer) => send(lines.mcpAnswer(event.requestId, answer)));
          if (event.type !== 'mcp_status') continue;
          const found = findMissing(names, event.servers);
          if (found === undefined) return logEnd;
          missing = found;
          if (missing.status !== 'pending') throw notConnected(missing);
          void pause(ASK_MS, undefined, { signal: over.signal }).then(
            () => send(lines.mcpStatus()),
            () => {},
          );
        }
      }
    }
    return logEnd;
  } finally {
    unlisten();
    over.abort();
  }
}

/** The server for the error: one that has failed, else one that is still connecting. */
function findMissing(names: readonly string[], servers: McpServerStatus[]): McpServerStatus | undefined {
  const missing = names
    .map((name) => servers.find((each) => each.name === name) ?? { name, status: 'pending' })
    .filter(({ status }) => status !== 'connected');
  return missing.find(({ status }) => status !== 'pending') ?? missing[0];
}

function notConnected({ name, status }: McpServerStatus): SessionError {
  const said = status === 'pending' ? 'still connecting when its time was up' : status;
  return new SessionError(
    'MCP_NOT_CONNECTED',
    `The required MCP server "${name}" is not connected (${said}).`,
    {
      hint: 'See "session doctor". mcp.connectTimeout says how long servers may take.',
    },
  );
}
