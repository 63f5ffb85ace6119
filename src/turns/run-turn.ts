import { bringTranscript, keepTranscript } from './agent-transcript.ts';
import { AnswerText } from '../agents/answer/answer-text.ts';
import { findAgent } from '../agents/table.ts';
import { SessionError } from '../errors.ts';
import type { TurnOutput } from '../model/records.ts';
import { chooseNextRoute, chooseRoute } from './continuity.ts';
import type { Route } from './continuity.ts';
import { buildDone, buildErrors, buildStart, textOf } from './done.ts';
import { dropStaleFork } from './fork.ts';
import type { Session, Turn } from '../model/model.ts';
import { clearLog, removeAgentFiles, removeTurnFiles } from './run-files.ts';
import type { AgentTrace } from './run-files.ts';
import { checkBudget, hintAtBudget } from './budget.ts';
import { redactAnswer } from './redact.ts';
import { createInBandServer } from './in-band.ts';
import { describeFault, finishTurn } from './finish.ts';
import { launchAgent } from './launch.ts';
import type { Earlier, Launched } from './launch.ts';
import type { SendRequest } from './request.ts';
import type { Services } from './services.ts';
import type { StopRequest } from './stop-request.ts';
import { openTurnReader, superviseAgent } from './supervise.ts';
import type { Ended, TurnReader } from './supervise.ts';
import { awaitServers } from './required-servers.ts';
import { buildEnd, findStopReason } from './turn-end.ts';
import type { Built, Ending, TurnFailure } from './turn-end.ts';
import { LimitWait } from './usage-limit.ts';

/** The result of the attempts to get an answer. */
interface Attempted {
  launched: Launched | undefined;
  ended: Ended | undefined;
  failure: TurnFailure | undefined;
  /** The text of the last attempt. After an attempt with text there is no other. */
  text: AnswerText;
}

/**
 * Runs a started turn to its stored end, and yields its records. Leaves no process and no file.
 *
 * When the agent no longer has the conversation, the same turn continues by replay.
 */
export async function* runTurn(
  services: Services,
  queued: Turn,
  request: SendRequest,
  stop: StopRequest,
): AsyncGenerator<TurnOutput[]> {
  const { store, paths } = services;
  const turn: Turn = { ...queued, status: 'running', startedAt: Date.now() };
  // Earlier turns may have changed the session.
  const session = await store.sessions.find(turn.sessionId);
  if (session === undefined)
    throw new SessionError('NO_SESSION', `Session ${turn.sessionId} was removed meanwhile.`);
  let hasStarted = false;
  const text = new AnswerText(paths.turnAnswer(session.id, turn.id));
  const attempted: Attempted = { launched: undefined, ended: undefined, failure: undefined, text };
  try {
    for await (const outputs of tryRoutes(services, session, turn, request, stop, attempted)) {
      const start = outputs.find(({ type }) => type === 'start');
      // An agent that is to end at once leaves its servers.
      if (start?.type === 'start' && stop.reason === undefined) noticeServers(services, start.mcp_servers);
      hasStarted ||= start !== undefined;
      yield outputs;
    }
  } catch (error) {
    attempted.failure = describeThrown(error);
    if (attempted.failure.code === 'INTERNAL') await attempted.launched?.end();
  }
  const stopReason = findStopReason(paths, turn, stop.reason);
  const { launched, ended } = attempted;
  const trace = launched?.trace;
  if (trace?.isShared !== true) removeAgentFiles(paths, session.id);
  await keepConversation(services, session, turn, attempted);
  const outcome = await storeEnd(services, turn, {
    trace,
    ended,
    text,
    stopReason,
    failure: attempted.failure,
  });
  const { end, unstored } = outcome;
  const isMasked = turn.limits.redact?.stream === true;
  const answer = outcome.answer && isMasked ? redactAnswer(outcome.answer, turn.limits) : outcome.answer;
  const failure = unstored ?? withHint(outcome.failure, session, turn, attempted.failure);
  const output = isMasked ? end.output : outcome.output;
  const told = { ...end, output, errorCode: failure?.code ?? null, status: failure?.status ?? end.status };
  const after = unstored === null ? await store.sessions.find(session.id) : undefined;
  yield [
    ...(hasStarted ? [] : [buildStart(session, turn, end.continuity ?? 'new')]),
    ...buildErrors(turn, end, failure),
    buildDone(turn, told, {
      toolCalls: answer?.toolCalls() ?? [],
      text: textOf(answer),
      sessionCostUsd: (after ?? session).costUsd,
    }),
  ];
  text.close();
  await launched?.end();
  if (request.recordPath !== null && trace) {
    const { keepRecord } = await import('./record.ts');
    await keepRecord(services, turn, trace.logPath, request.recordPath);
  }
  // When the end could not be stored, the next command stores it from the log.
  if (unstored === null) removeTurnFiles(paths, turn);
}

/** Stores the transcript. A cold agent must have exited first, because only then is its transcript complete. */
async function keepConversation(
  services: Services,
  session: Session,
  turn: Turn,
  { ended, launched }: Attempted,
): Promise<void> {
  const init = ended?.outcome.init;
  if (services.store.transcripts === undefined || !init) return;
  const isAgentUp = launched?.trace.isShared === true;
  if (!isAgentUp) await launched?.end();
  await keepTranscript(services, session, turn, init.agentSessionId, isAgentUp);
}

/** Stores a turn's end. Returns the error when that failed, else null. */
async function storeEnd(
  { store }: Services,
  turn: Turn,
  ending: Omit<Ending, 'turn'>,
): Promise<Built & { unstored: TurnFailure | null }> {
  const build = (): Promise<Built> => buildEnd({ turn, ...ending });
  try {
    const { isStored, isLate, ...built } = await finishTurn(store, turn, turn.owner!, build);
    if (isStored) return { ...built, unstored: null };
    const message = isLate
      ? `Turn ${turn.id} was given up by another machine meanwhile; its answer was stored as a late one.`
      : `Turn ${turn.id} was finished by another process.`;
    return { ...built, unstored: { status: 'interrupted', code: 'INTERRUPTED', message, hint: undefined } };
  } catch (error) {
    const unstored = describeThrown(error);
    const hint = `The turn has run. Its answer is in ${ending.trace?.logPath}. The next command of the session that can stores it.`;
    return { ...(await build()), unstored: ending.trace === undefined ? unstored : { ...unstored, hint } };
  }
}

/** The agent does not know whose budget it was that it has reached. */
function withHint(
  failure: TurnFailure | null,
  session: Session,
  { limits }: Turn,
  ours: TurnFailure | undefined,
): TurnFailure | null {
  const isAgents = failure?.code === 'BUDGET_EXCEEDED' && ours === undefined;
  return isAgents ? { ...failure, hint: hintAtBudget(session, limits) } : failure;
}

function describeThrown(error: unknown): TurnFailure {
  if (!(error instanceof SessionError)) return describeFault(error);
  const { code, message, hint } = error;
  return { status: code === 'BUDGET_EXCEEDED' ? 'limit' : 'failed', code, message, hint };
}

async function* tryRoutes(
  services: Services,
  session: Session,
  turn: Turn,
  request: SendRequest,
  stop: StopRequest,
  attempted: Attempted,
): AsyncGenerator<TurnOutput[]> {
  const { paths } = services;
  checkBudget(session);
  const asked = await dropStaleFork(services.store, session);
  const chosen = await chooseRoute(services.store, asked, turn);
  let route: Route | undefined = await bringTranscript(services, asked, turn, chosen);
  const limit = new LimitWait(paths, session, turn, request.waitLimitMs, stop);
  let earlier: Earlier | undefined;
  let reader: TurnReader | undefined;
  while (route !== undefined) {
    if (earlier === undefined) {
      clearLog(paths, turn);
      await attempted.launched?.end();
      reader = undefined;
    }
    let logStart: number | undefined = earlier && attempted.ended?.logEnd;
    attempted.ended = undefined;
    const launched: Launched = await launchAgent({ services, session, turn, request, route, earlier });
    attempted.launched = launched;
    const { trace } = launched;
    if (earlier !== undefined) reader!.fold.goOn(trace.later.at(-1)!);
    reader ??= openTurnReader(session, turn, trace);
    if (findStopReason(paths, turn, undefined) !== undefined) stop.ask('cancel');
    const server = createInBandServer(services, session);
    const isReady = async (): Promise<void> => {
      logStart = await awaitServers({
        agent: launched.agent,
        trace,
        names: launched.servers,
        logStart: logStart ?? trace.logStart,
        timeoutMs: Math.min(services.settings.mcp.connectTimeout, turn.limits.timeoutMs ?? Infinity),
        server,
        stop,
      });
    };
    await launched.begin(request.requireMcp ? isReady : undefined);
    const working = { ...turn, startedAt: turn.startedAt! + limit.waitedMs };
    const ended: Ended = yield* superviseAgent(session, working, {
      trace,
      reader,
      logStart,
      agent: launched.agent,
      stop,
      text: attempted.text,
      requireMcp: request.requireMcp,
      server,
      approvals: services.store.approvals,
      stderrPath: trace.isShared ? paths.warmStderr(session.id) : paths.agentStderr(session.id, turn.id),
    });
    attempted.ended = ended;
    if (ended.outcome.result?.isError === false) return;
    const wait = limit.plan(ended);
    if (wait === undefined) {
      earlier = undefined;
      route = nextRoute(route, ended, session, turn, stop);
      continue;
    }
    yield [wait.told];
    await launched.end(true);
    if (!(await limit.until(wait.at, trace.logPath))) return;
    const { init, spent } = ended.outcome;
    earlier = { trace: withModel(trace, init!.model), costUsd: spent.costUsd ?? 0 };
    route = { ...route, conversation: { kind: 'resume', id: init!.agentSessionId } };
  }
}

/** Adds the model to the trace, because a conversation keeps the model that it began with. */
function withModel(trace: AgentTrace, model: string | null): AgentTrace {
  if (trace.isModelChosen === true) return trace;
  return { ...trace, context: trace.context && { ...trace.context, model: trace.context.model ?? model } };
}

/** Prints a notice about servers that did not start. The agent continues without them and does not report it. */
function noticeServers({ notice }: Services, servers: { name: string; status: string }[]): void {
  for (const { name, status } of servers)
    if (status !== 'connected')
      notice(`MCP server "${name}" is not connected (${status}); see "session doctor"`);
}

function nextRoute(
  route: Route,
  ended: Ended,
  { agent }: Session,
  turn: Turn,
  stop: StopRequest,
): Route | undefined {
  if (stop.reason !== undefined || ended.outcome.length > 0) return undefined;
  const { reason } = findAgent(agent).classify({
    result: ended.outcome.result,
    stderr: ended.stderr,
    exit: ended.exit,
  });
  return chooseNextRoute(route, reason, turn);
}
