import type { ChildProcessByStdio } from 'node:child_process';
import { rmSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { isAlive } from '../../system/owner.ts';
import { startProcess } from '../../system/start-process.ts';
import { stopAgent } from './stop.ts';
import { isUp, readWarmInfo } from './warm-info.ts';
import { connectTo, readValues, writeValue } from './warm-link.ts';
import type { WarmInfo, WarmRequest, WarmStatus } from './warm-protocol.ts';

/** The hidden command that runs a host. Its argument is the id of the session. */
const WARM_HOST = 'warm-host';

const ANSWER_MS = 5_000;
const CLOSE_MS = 10_000;
const START_MS = 20_000;

/**
 * Starts a host that outlives this process, and resolves when it can be reached. Throws the host's error when it could
 * not start.
 */
export async function startWarmHost(
  sessionId: string,
  self: readonly [node: string, bundle: string],
  env: Record<string, string | undefined>,
): Promise<void> {
  const [node, bundle] = self;
  const { child } = await startProcess(node, [bundle, WARM_HOST, sessionId], {
    cwd: '/',
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const { stdout, stderr } = child as ChildProcessByStdio<null, Readable, Readable>;
  const words = new Promise<string>((resolve, reject) => {
    let said = '';
    const take = (piece: Buffer): void => {
      said += piece.toString();
      if (said.includes('\n')) resolve(said);
    };
    stdout.on('data', take);
    stderr.on('data', take);
    child.once('error', reject);
    child.once('exit', () => resolve(said));
  });
  const said = await Promise.race([words, pause(START_MS, '', { ref: false })]);
  stdout.destroy();
  stderr.destroy();
  child.unref();
  if (said.trim() !== 'ready') throw new Error(said.trim() || 'the host of the warm agent did not start');
}

/** Asks a host. Undefined when it can't be reached or does not answer in time. */
export async function askWarmHost(
  { socketPath }: Pick<WarmInfo, 'socketPath'>,
  question: Exclude<WarmRequest, { ask: 'turn' }>,
): Promise<WarmStatus | undefined> {
  const socket = await connectTo(socketPath);
  if (socket === undefined) return undefined;
  const timer = setTimeout(() => socket.destroy(), question.ask === 'close' ? CLOSE_MS : ANSWER_MS);
  try {
    void writeValue(socket, question);
    for await (const answer of readValues(socket)) return answer as WarmStatus;
    return undefined;
  } finally {
    clearTimeout(timer);
    socket.destroy();
  }
}

/**
 * Ends a session's warm agent, through its host, or directly when the host does not answer. False when there was none.
 *
 * With `ifIdleMs`, only the host ends it, and only if it was idle for that long; otherwise false.
 */
export async function closeWarmHost(infoPath: string, ifIdleMs?: number): Promise<boolean> {
  const info = readWarmInfo(infoPath);
  if (info === undefined) {
    rmSync(infoPath, { force: true });
    return false;
  }
  const wasUp = isUp(info);
  const question = { ask: 'close', ...(ifIdleMs !== undefined && { ifIdleMs }) } as const;
  const answer = wasUp ? await askWarmHost(info, question) : undefined;
  if (answer?.staysUp === true || (answer === undefined && wasUp && ifIdleMs !== undefined))
    return ifIdleMs === undefined;
  // Without its agent the host sweeps and exits by itself. A host that hangs is ended.
  const isThere = (): boolean =>
    info.isGuest ? readWarmInfo(infoPath)?.startedAt === info.startedAt : isAlive(info.hostOwner) === true;
  for (let left = 100; left > 0 && isThere(); left--) {
    if (left === 100 && info.agentOwner !== null) await stopAgent({ owner: info.agentOwner });
    await pause(20);
  }
  if (info.agentOwner !== null) await stopAgent({ owner: info.agentOwner });
  if (!info.isGuest) await stopAgent({ owner: info.hostOwner });
  for (const path of [infoPath, info.logPath]) rmSync(path, { force: true });
  return wasUp;
}
