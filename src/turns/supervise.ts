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
/** How long a shared agent may take to give a turn up. */
const GIVE_UP_MS = 2000;

/** An agent at work on a turn: our own child, one left behind by another process, or a warm one. */
export interface RunningAgent {
  owner: string;
  /** Hands it a line of input; undefined where nobody holds its stdin any more. */
  send: ((line: string) => Promise<void>) | undefined;
  /** Says that nothing more will come, once it has given a result; undefined where that is not ours to say. */
  endInput: (() => void) | undefined;
  exited: Promise<AgentExit | null>;
}

/** How an agent left a turn. */
export interface Ended {
  outcome: AnswerOutcome;
  /** Null while the agent is still up, or when nobody could see its exit. */
  exit: AgentExit | null;
  stderr: string;
  ttftMs: number | null;
  /** How far its log was read. */
  logEnd: number;
}

export interface Watch {
  trace: AgentTrace;
  agent: RunningAgent;
  stop: StopRequest;
  requireMcp: boolean;
  /** Where the turn goes on after a usage limit: what was heard of it, and where in the log that ends. */
  hearing?: Hearing | undefined;
  logStart?: number | undefined;
  /** Answers what the agent asks of our MCP server, where its stdin can be reached. */
  server?: McpResponder;
  /** Where the user is asked what the agent asks. */
  approvals?: ApprovalStore;
  stderrPath: string;
  /** Keeps what is said. */
  text?: AnswerText;
  /** Leaves the agent to itself. */
  signal?: AbortSignal;
}

/**
 * Sees an agent through a turn: yields what it says as it says it, and returns when it has given its result or is gone.
 *
 * Holds it to the turn's deadline and stall timeout, and brings it down in steps when `stop` asks for it.
 */
export async function* superviseAgent(
  session: Session,
  turn: Turn,
  watch: Watch,
): AsyncGenerator<TurnOutput[], Ended> {
  const { agent, stop, trace } = watch;
  const { parse } = findAgent(trace.agent);
  const { fold, narrator } = watch.hearing ?? hear(session, turn, trace);
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
    clocks.heard();
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
      if (batch.length > 0) clocks.heard();
      for (const line of batch)
        for (const event of parse(line.text)) {
          if (event.type === 'mcp_request') void answerAgent(event, watch);
          // Who is told of a question can answer it.
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

/** How a turn's log becomes its records. */
export interface Hearing {
  fold: AnswerFold;
  narrator: TurnNarrator;
}

/** Listens to a turn from its beginning. */
export function hear(session: Session, turn: Turn, trace: AgentTrace): Hearing {
  const { logPath, continuity } = trace;
  return {
    fold: new AnswerFold({
      ...foldOptions(trace),
      readText: (source) => readJsonString(logPath, source),
    }),
    narrator: new TurnNarrator(session, turn, continuity),
  };
}

/** How the answer of a turn is known in its log. */
export function foldOptions({
  agent,
  uuid,
  later,
  continuity,
  spentBefore,
}: AgentTrace): Omit<AnswerOptions, 'readText'> {
  return { agent: findAgent(agent), uuid, later, isWarm: continuity === 'warm', spentBefore };
}

/** Ends the turn: an agent of its own with it, one that is shared only if it does not give the turn up when asked. */
async function stopTurn({ agent, stop, trace }: Watch, settled: AbortSignal): Promise<void> {
  const { send, endInput } = agent;
  // With nothing more to come, it leaves as soon as it has given up.
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

/** Undefined where the agent can't be answered. */
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

/** A server that must be there and is not ends the turn before the model is asked twice. */
function checkServers(servers: { status: string }[], { requireMcp, stop }: Watch): void {
  if (requireMcp && servers.some(({ status }) => status !== 'connected')) stop.ask('mcp');
}
