import { bringTranscript } from './agent-transcript.ts';
import type { AnswerText } from '../agents/answer/answer-text.ts';
import { findAgent } from '../agents/table.ts';
import type { TurnOutput } from '../model/records.ts';
import { chooseNextRoute, chooseRoute } from './continuity.ts';
import type { Route } from './continuity.ts';
import { dropStaleFork } from './fork.ts';
import type { Session, Turn } from '../model/model.ts';
import { clearLog } from './run-files.ts';
import type { AgentTrace } from './run-files.ts';
import { checkBudget } from './budget.ts';
import { createInBandServer } from './in-band.ts';
import { launchAgent } from './launch.ts';
import type { Earlier, Launched } from './launch.ts';
import type { SendRequest } from './request.ts';
import type { Services } from './services.ts';
import type { StopRequest } from './stop-request.ts';
import { openTurnReader, superviseAgent } from './supervise.ts';
import type { Ended, TurnReader } from './supervise.ts';
import { awaitServers } from './required-servers.ts';
import { findStopReason } from './turn-end.ts';
import type { TurnFailure } from './turn-end.ts';
import { LimitWait } from './usage-limit.ts';

/** The result of the attempts to get an answer. */
export interface Attempted {
  launched: Launched | undefined;
  ended: Ended | undefined;
  failure: TurnFailure | undefined;
  /** The text of the last attempt. After an attempt with text there is no other. */
  text: AnswerText;
}

/**
 * Starts the agent and follows it to the end of the turn. Where it no longer has the conversation, starts it again and
 * replays. Keeps in `attempted` what was reached, also when it throws.
 */
export async function* tryRoutes(
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
