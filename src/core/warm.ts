import { existsSync, rmSync } from 'node:fs';
import { buildInitializeLine, buildUserLine } from '../agent/message.ts';
import { sweep } from '../agent/sweep.ts';
import { askWarmHost, closeWarmHost, startWarmHost } from '../agent/warm-client.ts';
import { findWarmHost } from '../agent/warm-info.ts';
import type { WarmInfo, WarmOrder } from '../agent/warm-protocol.ts';
import { chooseSocketPath } from '../agent/warm-protocol.ts';
import { SessionError } from '../errors.ts';
import { FileLock } from '../system/lock.ts';
import { isAlive } from '../system/owner.ts';
import { untilGone } from '../system/until-gone.ts';
import { cutLog } from '../agent/run-file.ts';
import type { Launch, Launched } from './launch.ts';
import { launchCold, prepareLaunch, traceTurn } from './launch.ts';
import type { Session } from './model.ts';
import type { Preparation } from './prepare.ts';
import {
  hasWarmFiles,
  removeRunDirectory,
  removeWarmFiles,
  writeAgentFiles,
  writeAgentTrace,
} from './run-files.ts';
import type { AgentTrace } from './run-files.ts';
import type { Services } from './services.ts';

/**
 * Gets an agent for a turn: the session's warm one where it is up and of the right shape, a new warm one where the session
 * wants one, else one for this turn alone. Only who holds the session's turn may call this, so no two meet here.
 */
export async function launchAgent(launch: Launch): Promise<Launched> {
  const { services, session, request } = launch;
  if (!isWarmTurn(launch)) {
    // A second process on the same transcript would not know what this one does.
    await closeWarm(services, session);
    return await launchCold(launch);
  }
  const preparation = await prepareLaunch(launch);
  const shape = preparation.shape();
  const found = findWarmHost(services.paths.warmInfo(session.id));
  const mayFit = found?.idleMs === request.idleMs && launch.route.continuity === 'resume';
  const status = mayFit ? await askWarmHost(found, { ask: 'status', forUseAs: shape }) : undefined;
  if (found === undefined || status?.isFit !== true) {
    await closeWarm(services, session);
    const info = await startHost(launch, preparation, { shape, note: '' });
    return await enter(launch, info, launch.route.continuity, preparation);
  }
  return await enter(launch, found, 'warm', preparation);
}

/** Ends a session's warm agent; with `ifIdleMs`, only if it was of no use for so long. False when there was none to end. */
export async function closeWarm(
  { paths }: Pick<Services, 'paths'>,
  session: Pick<Session, 'id'>,
  ifIdleMs?: number,
): Promise<boolean> {
  const infoPath = paths.warmInfo(session.id);
  const wasUp = await closeWarmHost(infoPath, ifIdleMs);
  // Where it stays up, its word of itself is there yet; where it comes up just now, its lock is held.
  const lock = new FileLock(paths.warmLock(session.id));
  if (existsSync(infoPath) || !hasWarmFiles(paths, session.id) || !lock.tryAcquire()) return wasUp;
  try {
    await sweep({ home: paths.home, sessionId: session.id });
    rmSync(chooseSocketPath(paths.sessionRun(session.id)), { force: true });
    removeWarmFiles(paths, session.id);
  } finally {
    lock.release();
  }
  removeRunDirectory(paths, session.id);
  return wasUp;
}

/** What the budget of one turn allows can't be told an agent that is up already. */
function isWarmTurn({ request, turn }: Launch): boolean {
  return request.warm && turn.limits.maxBudgetUsd === null && turn.limits.maxTurns === null;
}

async function startHost(
  launch: Launch,
  preparation: Preparation,
  terms: Pick<WarmOrder, 'shape' | 'note'>,
): Promise<WarmInfo> {
  const { services, session, route, request } = launch;
  const { paths } = services;
  writeAgentFiles(paths, session.id, preparation);
  // What an earlier host left when it was killed.
  await sweep({ home: paths.home, sessionId: session.id });
  const { CLAUDE_SESSION_ID: _id, CLAUDE_SESSION_TURN_ID: _turn, ...env } = services.env;
  try {
    return await startWarmHost(
      {
        command: {
          program: preparation.program,
          argv: preparation.argv(route.conversation),
          cwd: session.root,
          env: preparation.env,
          logPath: paths.warmLog(session.id),
          stderrPath: paths.warmStderr(session.id),
        },
        sessionId: session.id,
        socketPath: chooseSocketPath(paths.sessionRun(session.id)),
        infoPath: paths.warmInfo(session.id),
        lockPath: paths.warmLock(session.id),
        idleMs: request.idleMs,
        ...terms,
        files: [paths.systemPrompt(session.id), paths.mcpConfig(session.id)],
      },
      services.self,
      { ...env, CLAUDE_SESSION_HOME: paths.home },
    );
  } catch (error) {
    throw new SessionError(
      'AGENT_FAILED',
      `The warm agent could not be started: ${(error as Error).message}.`,
      {
        hint: 'Send without --warm, or see "session doctor".',
        cause: error,
      },
    );
  }
}

async function enter(
  launch: Launch,
  info: WarmInfo,
  continuity: AgentTrace['continuity'],
  preparation: Preparation,
): Promise<Launched> {
  const { services, session, turn, request } = launch;
  const { paths } = services;
  cutLog(info.logPath);
  const trace: AgentTrace = {
    ...traceTurn(launch, preparation),
    owner: info.agentOwner,
    continuity,
    isShared: true,
    logPath: info.logPath,
    logStart: 0,
  };
  writeAgentTrace(paths, turn, trace);
  const send = async (lines: string, markPath?: string): Promise<void> => {
    const question = { ask: 'input', lines, note: '', ...(markPath !== undefined && { markPath }) } as const;
    if ((await askWarmHost(info, question)) === undefined)
      throw new SessionError('AGENT_FAILED', `The warm agent of session ${session.id} can't be reached.`);
  };
  const left = new AbortController();
  return {
    trace,
    agent: {
      owner: info.agentOwner,
      exited: untilGone(info.agentOwner, left.signal),
      interrupt: (line) => send(line),
      endInput: undefined,
    },
    begin: () => {
      const { update: preface } = preparation.briefing;
      const line = buildUserLine(request.message, { expand: request.expand, preface, uuid: trace.uuid });
      return send(
        (continuity === 'warm' ? '' : buildInitializeLine()) + line,
        paths.handedMark(session.id, turn.id),
      );
    },
    async end() {
      left.abort();
      if (isAlive(info.agentOwner) !== true) await closeWarm(services, session);
    },
  };
}
