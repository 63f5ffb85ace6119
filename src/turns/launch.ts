import type { AgentFile } from '../agents/agent.ts';
import { findAgent } from '../agents/table.ts';
import { spawnAgent } from '../agents/process/process.ts';
import { stopAgent } from '../agents/process/stop.ts';
import { sweep } from '../agents/process/sweep.ts';
import { leftToSpend } from './budget.ts';
import type { Route } from './continuity.ts';
import { readReplayed } from './continuity.ts';
import { readSentFiles } from './message-files.ts';
import { newUuid } from '../system/random-ids.ts';
import type { Session, Turn } from '../model/model.ts';
import type { AgentContext } from '../model/agent-context.ts';
import { prepareAgent } from './prepare.ts';
import type { Preparation } from './prepare.ts';
import { writeAgentFiles, writeAgentTrace } from './run-files.ts';
import type { AgentTrace } from './run-files.ts';
import { sessionOfTurn } from './request.ts';
import type { SendRequest } from './request.ts';
import type { Services } from './services.ts';
import type { RunningAgent } from './supervise.ts';
import { closeWarm } from './warm.ts';

/** An agent that runs for a turn but has not got its message yet. */
export interface Launched {
  agent: RunningAgent;
  trace: AgentTrace;
  /** The MCP servers that the agent was started with. */
  servers: readonly string[];
  /** Sends the message, when `isReady` has resolved. */
  begin(isReady?: () => Promise<void>): Promise<void>;
  /**
   * Ends the agent after the turn is stored, unless it is warm. With `goesOn` the turn is not stored yet, and the log
   * is kept.
   */
  end(goesOn?: boolean): Promise<void>;
}

/** The inputs of a launch. */
export interface Launch {
  services: Services;
  session: Session;
  turn: Turn;
  request: SendRequest;
  route: Route;
  /** For a turn that continues after a usage limit: its first route, and its cost so far. */
  earlier?: Earlier | undefined;
}

export interface Earlier {
  trace: AgentTrace;
  costUsd: number;
}

/** Composes what the agent of a turn is started with, for this route. */
export async function prepareLaunch({
  services,
  session,
  turn,
  request,
  route,
  earlier,
}: Launch): Promise<Preparation> {
  const { store, settings } = services;
  const maxBudgetUsd = leftToSpend(session, turn.limits.maxBudgetUsd, earlier?.costUsd);
  return await prepareAgent(services, sessionOfTurn(session, request), {
    turnId: turn.id,
    limits: { ...turn.limits, maxBudgetUsd },
    maxRetries: request.maxRetries,
    history: await readReplayed(store, session, route.sinceTurn, settings.replay.messages),
    known: earlier?.trace.context ?? knownContext(session, route),
  });
}

/** What the agent conversation of a route was told; null for a new one. */
export function knownContext(session: Session, { conversation }: Route): AgentContext | null {
  return conversation.kind === 'new' ? null : session.agentContext;
}

/** The agent of a turn: its process, whether that is new, and where the turn begins in its log. */
export interface ReadyAgent extends Pick<AgentTrace, 'owner' | 'isShared' | 'logPath' | 'logStart'> {
  isNewProcess: boolean;
}

/** Writes what another process needs to finish the turn, in a file beside the turn's log. */
export function traceTurn(
  { services, session, turn, request, route, earlier }: Launch,
  { briefing }: Preparation,
  { isNewProcess, ...agent }: ReadyAgent,
): AgentTrace {
  const known = knownContext(session, route);
  const isModelChosen = sessionOfTurn(session, request).model !== null;
  const hasModel = isModelChosen || known?.model != null;
  const isTold = known !== null && hasModel && JSON.stringify(known) === JSON.stringify(briefing.context);
  const uuid = newUuid();
  const trace: AgentTrace =
    earlier === undefined
      ? {
          ...agent,
          agent: session.agent,
          continuity: isNewProcess ? route.continuity : 'warm',
          sinceTurn: route.sinceTurn,
          uuid,
          later: [],
          spentBefore: route.conversation.kind === 'new' ? null : session.agentSpent,
          context: isTold ? null : briefing.context,
          isModelChosen,
        }
      : { ...earlier.trace, owner: agent.owner, later: [...earlier.trace.later, { uuid, isNewProcess }] };
  writeAgentTrace(services.paths, turn, trace);
  return trace;
}

/** Sends the first lines: `initialize` for a new process, then the message. */
export async function handOver(
  send: (line: string) => Promise<void>,
  launch: Launch,
  { briefing, mcp }: Preparation,
  { uuid, later, continuity }: AgentTrace,
  isReady?: () => Promise<void>,
): Promise<void> {
  const { session, request, earlier } = launch;
  const { message, expand } = request;
  const { lines } = findAgent(session.agent);
  const asked = later.at(-1) ?? { uuid, isNewProcess: continuity !== 'warm' };
  const line =
    earlier === undefined
      ? lines.user(message, { expand, preface: briefing.update, files: await findFiles(launch), uuid })
      : lines.goOn(asked.uuid);
  const opening = asked.isNewProcess ? lines.initialize(mcp.inBand) : '';
  if (isReady === undefined) return await send(opening + line);
  if (opening !== '') await send(opening);
  await isReady();
  await send(line);
}

/** The files for the message. For a replay, also the files of earlier messages. */
async function findFiles({ services, session, turn, request, route }: Launch): Promise<AgentFile[]> {
  const { store, settings } = services;
  const isReplay = route.continuity === 'replay';
  if (request.files.length === 0 && !isReplay) return [];
  const [own] = await store.messages.list({ sessionId: session.id, after: 2 * turn.id - 1, first: 1 });
  const replayed = isReplay
    ? await readReplayed(store, session, route.sinceTurn, settings.replay.messages)
    : null;
  const earlier = replayed?.messages.flatMap(({ files }) => files) ?? [];
  return await readSentFiles(store, own?.files ?? [], earlier);
}

/**
 * Gets an agent for a turn. Only the owner of the session's running turn may call this, so it never runs twice at once.
 */
export async function launchAgent(launch: Launch): Promise<Launched> {
  const { services, session } = launch;
  if (services.warm !== undefined) return await services.warm.launch(launch);
  // Two processes must not use the same transcript.
  await closeWarm(services, session);
  return await launchCold(launch);
}

/** Starts an agent for this turn only. */
async function launchCold(launch: Launch): Promise<Launched> {
  const { services, session, turn, route } = launch;
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
  const trace = traceTurn(launch, preparation, {
    owner: child.owner,
    isNewProcess: true,
    isShared: false,
    logPath,
    logStart: 0,
  });
  return {
    trace,
    agent: {
      owner: child.owner,
      exited: child.exited,
      send: child.send,
      endInput: child.endInput,
    },
    servers: preparation.mcp.names,
    begin: (isReady) => handOver(child.send, launch, preparation, trace, isReady),
    async end() {
      await stopAgent(child, { interrupt: child.endInput });
      await sweep({ home: paths.home, sessionId: session.id, turnId: turn.id });
    },
  };
}
