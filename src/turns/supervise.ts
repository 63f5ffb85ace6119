import { setTimeout as pause } from 'node:timers/promises';
import type { AnswerOptions, AnswerOutcome, AnswerUpdate } from '../agents/answer/answer.ts';
import { AnswerFold } from '../agents/answer/answer.ts';
import type { AnswerText } from '../agents/answer/answer-text.ts';
import type { AgentEvent } from '../agents/events.ts';
import { findAgent } from '../agents/table.ts';
import { ChangeSignal } from '../agents/process/change-signal.ts';
import { followLog } from '../agents/process/follow.ts';
import { readJsonString } from '../agents/process/json-string.ts';
import type { AgentExit } from '../agents/process/process.ts';
import { readStderrTail } from '../agents/process/stderr-tail.ts';
import { stopAgent } from '../agents/process/stop.ts';
import type { TurnOutput } from '../model/records.ts';
import type { McpResponder } from '../mcp/responder.ts';
import type { ApprovalStore } from '../store/approval-store.ts';
import { Clocks } from './clocks.ts';
import type { Session, Turn } from '../model/model.ts';
import { Questions } from './questions.ts';
import type { AgentTrace } from './run-files.ts';
import type { StopRequest } from './stop-request.ts';
import { TurnNarrator } from './turn-records.ts';

type McpRequest = Extract<AgentEvent, { type: 'mcp_request' }>;

const BATCH = 512;
/** How long a shared agent may take to stop a turn. */
const GIVE_UP_MS = 2000;

/** An agent that works on a turn: our own child, one of a process that is gone, or a warm one. */
export interface RunningAgent {
  owner: string;
  /** Writes a line to its stdin; undefined when its stdin is closed. */
  send: ((line: string) => Promise<void>) | undefined;
  /** Closes its stdin after the result; undefined when the agent is shared or not our child. */
  endInput: (() => void) | undefined;
  exited: Promise<AgentExit | null>;
}

/** How an agent ended a turn. */
export interface Ended {
  outcome: AnswerOutcome;
  /** Null while the agent is running, or when its exit could not be seen. */
  exit: AgentExit | null;
  stderr: string;
  ttftMs: number | null;
  /** The position up to which its log was read. */
  logEnd: number;
}

export interface Watch {
  trace: AgentTrace;
  agent: RunningAgent;
  stop: StopRequest;
  requireMcp: boolean;
  /** For a turn that continues after a usage limit: the state so far, and its position in the log. */
  reader?: TurnReader | undefined;
  logStart?: number | undefined;
  /** Answers the agent's requests to our MCP server, if its stdin is open. */
  server?: McpResponder;
  /** The store for the agent's permission requests. */
  approvals?: ApprovalStore;
  stderrPath: string;
  /** Collects the text. */
  text?: AnswerText;
  /** Stops following. The agent keeps running. */
  signal?: AbortSignal;
}

/**
 * Follows an agent through a turn. Yields its records as they come, and returns after its result or its exit.
 *
 * Enforces the turn's deadline and stall timeout, and stops the agent in steps when `stop` is requested.
 */
export async function* superviseAgent(
  session: Session,
  turn: Turn,
  watch: Watch,
): AsyncGenerator<TurnOutput[], Ended> {
  const { agent, stop, trace } = watch;
  const { parse } = findAgent(trace.agent);
  const { fold, narrator } = watch.reader ?? openTurnReader(session, turn, trace);
  const offset = watch.logStart ?? trace.logStart;
  const begun = Date.now();
  let exit: AgentExit | null = null as AgentExit | null;
  let isOver = false;
  let logEnd = offset;
  let ttftMs: number | null = null;
  const exited = agent.exited.then((seen) => {
    exit = seen;
    isOver = true;
  });
  const settled = new AbortController();
  let stopping: Promise<unknown> | undefined;
  const unlisten = stop.listen(() => {
    stopping ??= stopTurn(watch, settled.signal);
  });
  const changes = new ChangeSignal();
  const onAnswer = (): void => {
    clocks.restartStall();
    changes.report();
  };
  const questions = takeQuestions(session, turn, watch, onAnswer);
  const clocks = new Clocks(turn, trace.logPath, stop, () => questions?.isAsking === true);
  try {
    const batches = followLog(trace.logPath, {
      offset,
      isOver: () => isOver,
      wake: exited,
      changes,
      ...(watch.signal && { signal: watch.signal }),
    });
    let out: TurnOutput[] = [];
    const take = (update: AnswerUpdate): void => {
      watch.text?.add(update);
      if (update.type === 'text') ttftMs ??= Date.now() - begun;
      if (update.type === 'init') checkServers(update.mcpServers, watch);
      out.push(...narrator.tell(update));
    };
    for await (const batch of batches) {
      logEnd = batch.at(-1)?.end ?? logEnd;
      if (batch.length > 0) clocks.restartStall();
      for (const line of batch)
        for (const event of parse(line.text)) {
          if (event.type === 'mcp_request') void answerAgent(event, watch);
          // Readers of this record can answer the question, so it is stored first.
          if (event.type === 'permission_request' && (await questions?.ask(event)) === false) continue;
          if (event.type === 'permission_cancelled') await questions?.cancel(event.requestId);
          for (const update of fold.push(event)) {
            take(update);
            if (out.length >= BATCH) {
              yield out;
              out = [];
            }
          }
        }
      out.push(...(questions?.takeTold() ?? []));
      if (out.length > 0) yield out;
      out = [];
      if (fold.isOver) break;
    }
  } finally {
    settled.abort();
    questions?.stop();
    clocks.stop();
    unlisten();
  }
  const rest = narrator.finish();
  if (rest.length > 0) yield rest;
  await stopping;
  return { outcome: fold.outcome, exit, stderr: readStderrTail(watch.stderrPath), ttftMs, logEnd };
}

/** Turns a turn's log into its records. */
export interface TurnReader {
  fold: AnswerFold;
  narrator: TurnNarrator;
}

/** Starts at the beginning of a turn. */
export function openTurnReader(session: Session, turn: Turn, trace: AgentTrace): TurnReader {
  const { logPath, continuity } = trace;
  return {
    fold: new AnswerFold({
      ...foldOptions(trace),
      readText: (source) => readJsonString(logPath, source),
    }),
    narrator: new TurnNarrator(session, turn, continuity),
  };
}

/** The options to recognize the answer of a turn in its log. */
export function foldOptions({
  agent,
  uuid,
  later,
  continuity,
  spentBefore,
}: AgentTrace): Omit<AnswerOptions, 'readText'> {
  return { agent: findAgent(agent), uuid, later, isWarm: continuity === 'warm', spentBefore };
}

/**
 * Ends the turn. A cold agent is ended with it. A shared one is ended only when it does not stop the turn when asked.
 */
async function stopTurn({ agent, stop, trace }: Watch, settled: AbortSignal): Promise<void> {
  const { send, endInput } = agent;
  // When its stdin is closed, it exits after it stopped the turn.
  const interrupt =
    send && ((): void => void send(findAgent(trace.agent).lines.interrupt('stop')).then(endInput));
  const force = stop.urgent.signal;
  if (!trace.isShared) {
    await stopAgent(agent, { ...(interrupt && { interrupt }), force });
    return;
  }
  interrupt?.();
  await pause(GIVE_UP_MS, undefined, { signal: AbortSignal.any([settled, force]) }).catch(() => {});
  if (!settled.aborted) await stopAgent(agent, { force });
}

async function answerAgent(
  { requestId, message }: McpRequest,
  { agent, trace, server }: Watch,
): Promise<void> {
  if (agent.send === undefined || server === undefined) return;
  await agent.send(findAgent(trace.agent).lines.mcpAnswer(requestId, await server.answer(message)));
}

/** Undefined when the agent can't get answers. */
function takeQuestions(
  { allowedTools: allowed }: Session,
  turn: Turn,
  { agent: { send }, approvals, trace }: Watch,
  onAnswer: () => void,
): Questions | undefined {
  const { lines } = findAgent(trace.agent);
  return (
    send &&
    approvals &&
    new Questions({
      turn,
      allowed,
      approvals,
      onAnswer,
      answer: (id, answer) => send(lines.permissionAnswer(id, answer)),
    })
  );
}

/** Stops the turn when a required server is not connected. */
function checkServers(servers: { status: string }[], { requireMcp, stop }: Watch): void {
  if (requireMcp && servers.some(({ status }) => status !== 'connected')) stop.ask('mcp');
}
