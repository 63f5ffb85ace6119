import { copyFileSync } from 'node:fs';
import { buildUserLine } from '../agent/message.ts';
import { spawnAgent } from '../agent/process.ts';
import { stopAgent } from '../agent/stop.ts';
import { sweep } from '../agent/sweep.ts';
import { classifyFailure } from '../agent/failure.ts';
import { SessionError, systemCode } from '../errors.ts';
import type { TurnOutput } from '../output/records.ts';
import { chooseNextRoute, chooseRoute, readReplayed } from './continuity.ts';
import type { Route } from './continuity.ts';
import { tellDone, tellError, tellStart } from './done.ts';
import type { Session, Turn } from './model.ts';
import { prepareAgent } from './prepare.ts';
import { clearLog, removeTurnFiles, writeAgentFiles, writeAgentTrace } from './run-files.ts';
import type { AgentTrace } from './run-files.ts';
import { checkBudget, leftToSpend } from './budget.ts';
import type { SendRequest } from './send.ts';
import type { Services } from './services.ts';
import type { StopRequest } from './stop-request.ts';
import { superviseAgent } from './supervise.ts';
import type { Ended } from './supervise.ts';
import { buildEnd, findStopReason } from './turn-end.ts';
import type { TurnFailure } from './turn-end.ts';

type Agent = Awaited<ReturnType<typeof spawnAgent>>;

/** What became of the attempts to get an answer. */
interface Attempted {
  trace: AgentTrace | undefined;
  agent: Agent | undefined;
  ended: Ended | undefined;
  failure: TurnFailure | undefined;
}

/**
 * Runs a started turn to its stored end and yields its records; leaves no process and no file behind.
 *
 * Where the agent no longer knows the conversation, the same turn goes on by replay.
 */
export async function* runTurn(
  services: Services,
  queued: Turn,
  request: SendRequest,
  stop: StopRequest,
): AsyncGenerator<TurnOutput[]> {
  const { store, paths } = services;
  const turn: Turn = { ...queued, status: 'running', startedAt: Date.now() };
  // Turns before this one may have changed the session.
  const session = await store.findSession(turn.sessionId);
  if (session === undefined)
    throw new SessionError('NO_SESSION', `Session ${turn.sessionId} was removed meanwhile.`);
  let hasStarted = false;
  const attempted: Attempted = { trace: undefined, agent: undefined, ended: undefined, failure: undefined };
  try {
    for await (const outputs of tryRoutes(services, session, turn, request, stop, attempted)) {
      hasStarted ||= outputs.some(({ type }) => type === 'start');
      yield outputs;
    }
  } catch (error) {
    if (!(error instanceof SessionError)) throw error;
    const { code, message, hint } = error;
    attempted.failure = { status: code === 'BUDGET_EXCEEDED' ? 'limit' : 'failed', code, message, hint };
  }
  attempted.agent?.endInput();
  const stopReason = findStopReason(paths, turn, stop.reason);
  const { end, failure, answer } = buildEnd({ turn, ...attempted, stopReason });
  if (request.recordPath !== null && attempted.trace) copyRecord(attempted.trace.logPath, request.recordPath);
  const isOurs = await store.finishTurn(turn.id, turn.owner!, end);
  if (!isOurs) throw new SessionError('INTERRUPTED', `Turn ${turn.id} was finished by another process.`);
  const after = (await store.findSession(session.id)) ?? session;
  yield [
    ...(hasStarted ? [] : [tellStart(session, turn, end.continuity ?? 'new')]),
    ...tellError(session, turn, end, failure, request.failOnDenied),
    tellDone(after, turn, end, answer, request.failOnDenied),
  ];
  if (attempted.agent) await stopAgent(attempted.agent, { interrupt: attempted.agent.endInput });
  await sweep({ home: paths.home, sessionId: session.id, turnId: turn.id });
  removeTurnFiles(paths, turn);
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
  let route: Route | undefined = chooseRoute(session, turn);
  while (route !== undefined) {
    clearLog(paths, turn);
    const { agent, trace } = await launch(services, session, turn, request, route);
    Object.assign(attempted, { agent, trace });
    if (findStopReason(paths, turn, undefined) !== undefined) stop.ask('cancel');
    void agent.send(buildUserLine(request.message, { expand: request.expand }));
    const ended: Ended = yield* superviseAgent(session, turn, {
      trace,
      agent,
      stop,
      requireMcp: request.requireMcp,
      stderrPath: paths.agentStderr(session.id, turn.id),
    });
    attempted.ended = ended;
    route = ended.outcome.result?.isError === false ? undefined : nextRoute(route, ended, turn, stop);
  }
}

function nextRoute(route: Route, ended: Ended, turn: Turn, stop: StopRequest): Route | undefined {
  if (stop.reason !== undefined || ended.outcome.length > 0) return undefined;
  const { reason } = classifyFailure({
    result: ended.outcome.result,
    stderr: ended.stderr,
    exit: ended.exit,
  });
  return chooseNextRoute(route, reason, turn);
}

async function launch(
  services: Services,
  session: Session,
  turn: Turn,
  request: SendRequest,
  route: Route,
): Promise<{ agent: Agent; trace: AgentTrace }> {
  const { store, paths, settings } = services;
  const history = await readReplayed(store, session, route.sinceTurn, settings.replay.messages);
  const preparation = await prepareAgent(services, session, {
    turnId: turn.id,
    limits: { ...turn.limits, maxBudgetUsd: leftToSpend(session, turn.limits.maxBudgetUsd) },
    maxRetries: request.maxRetries,
    history,
  });
  writeAgentFiles(paths, session.id, preparation);
  const logPath = paths.turnLog(session.id, turn.id);
  const agent = await spawnAgent({
    program: preparation.program,
    argv: preparation.argv(route.conversation),
    cwd: session.root,
    env: preparation.env,
    logPath,
    stderrPath: paths.agentStderr(session.id, turn.id),
  });
  const { continuity, sinceTurn } = route;
  const trace: AgentTrace = {
    owner: agent.owner,
    continuity,
    sinceTurn,
    costBefore: 0,
    logPath,
    logStart: 0,
  };
  writeAgentTrace(paths, turn, trace);
  return { agent, trace };
}

function copyRecord(logPath: string, recordPath: string): void {
  try {
    copyFileSync(logPath, recordPath);
  } catch (error) {
    throw new SessionError(
      'USAGE',
      `${recordPath} could not be written (${systemCode(error) ?? String(error)}).`,
      {
        cause: error,
      },
    );
  }
}
