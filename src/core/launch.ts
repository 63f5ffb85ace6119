import { buildUserLine } from '../agent/message.ts';
import { spawnAgent } from '../agent/process.ts';
import { stopAgent } from '../agent/stop.ts';
import { sweep } from '../agent/sweep.ts';
import { leftToSpend } from './budget.ts';
import type { Route } from './continuity.ts';
import { readReplayed } from './continuity.ts';
import type { Session, Turn } from './model.ts';
import { prepareAgent } from './prepare.ts';
import type { Preparation } from './prepare.ts';
import { writeAgentFiles, writeAgentTrace } from './run-files.ts';
import type { AgentTrace } from './run-files.ts';
import type { SendRequest } from './request.ts';
import type { Services } from './services.ts';
import type { RunningAgent } from './supervise.ts';

/** An agent that is up for a turn and has not heard of it yet. */
export interface Launched {
  agent: RunningAgent;
  trace: AgentTrace;
  /** Hands the message over. */
  begin(): Promise<void>;
  /** After the turn is stored: leaves no process that should not stay. */
  end(): Promise<void>;
}

/** Everything a launch needs to know. */
export interface Launch {
  services: Services;
  session: Session;
  turn: Turn;
  request: SendRequest;
  route: Route;
}

/** Composes what the agent of a turn is started with. */
export async function prepareLaunch({
  services,
  session,
  turn,
  request,
  route,
}: Launch): Promise<Preparation> {
  const { store, settings } = services;
  return await prepareAgent(services, session, {
    turnId: turn.id,
    limits: { ...turn.limits, maxBudgetUsd: leftToSpend(session, turn.limits.maxBudgetUsd) },
    maxRetries: request.maxRetries,
    history: await readReplayed(store, session, route.sinceTurn, settings.replay.messages),
  });
}

/** Starts an agent for this turn alone; it ends with it. */
export async function launchCold(launch: Launch): Promise<Launched> {
  const { services, session, turn, request, route } = launch;
  const { paths } = services;
  const preparation = await prepareLaunch(launch);
  writeAgentFiles(paths, session.id, preparation);
  const logPath = paths.turnLog(session.id, turn.id);
  const child = await spawnAgent({
    program: preparation.program,
    argv: preparation.argv(route.conversation),
    cwd: session.root,
    env: preparation.env,
    logPath,
    stderrPath: paths.agentStderr(session.id, turn.id),
  });
  const trace: AgentTrace = {
    owner: child.owner,
    continuity: route.continuity,
    sinceTurn: route.sinceTurn,
    isShared: false,
    costBefore: 0,
    logPath,
    logStart: 0,
  };
  writeAgentTrace(paths, turn, trace);
  return {
    trace,
    agent: {
      owner: child.owner,
      exited: child.exited,
      // With nothing more to come, it leaves as soon as it has given up.
      interrupt: (line) => child.send(line).then(child.endInput),
      endInput: child.endInput,
    },
    begin: () => child.send(buildUserLine(request.message, { expand: request.expand })),
    async end() {
      await stopAgent(child, { interrupt: child.endInput });
      await sweep({ home: paths.home, sessionId: session.id, turnId: turn.id });
    },
  };
}
