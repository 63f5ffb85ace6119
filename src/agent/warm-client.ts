import { rmSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { isAlive } from '../system/owner.ts';
import { stopAgent } from './stop.ts';
import { isUp, readWarmInfo } from './warm-info.ts';
import type { WarmAnswer, WarmInfo, WarmOrder, WarmQuestion } from './warm-protocol.ts';

/** The hidden program that is a host; it reads its order from stdin. */
const WARM_HOST = 'warm-host';

const ANSWER_MS = 5_000;
const CLOSE_MS = 10_000;
const START_MS = 20_000;

/** Starts a host that outlives us, and resolves when it can be reached. Throws what it said when it could not start. */
export async function startWarmHost(
  order: WarmOrder,
  self: readonly [node: string, bundle: string],
  env: Record<string, string | undefined>,
): Promise<WarmInfo> {
  const [node, bundle] = self;
  const { spawn } = await import('node:child_process');
  const child = spawn(node, [bundle, WARM_HOST], {
    cwd: '/',
    env,
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const words = new Promise<string>((resolve, reject) => {
    let said = '';
    const take = (piece: Buffer): void => {
      said += piece.toString();
      if (said.includes('\n')) resolve(said);
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.once('error', reject);
    child.once('exit', () => resolve(said));
  });
  child.stdin.on('error', () => {});
  child.stdin.end(JSON.stringify(order));
  const said = await Promise.race([words, pause(START_MS, '', { ref: false })]);
  child.stdout.destroy();
  child.stderr.destroy();
  child.unref();
  if (said.startsWith('{')) return JSON.parse(said) as WarmInfo;
  throw new Error(said.trim() || 'the host of the warm agent did not start');
}

/** Asks a host. Undefined when it can't be reached or does not answer in time. */
export function askWarmHost(
  info: WarmInfo,
  question: WarmQuestion,
  timeoutMs = question.ask === 'close' ? CLOSE_MS : ANSWER_MS,
): Promise<WarmAnswer | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ path: info.socketPath, allowHalfOpen: true });
    let said = '';
    const finish = (): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(parseAnswer(said));
    };
    const timer = setTimeout(finish, timeoutMs);
    socket.on('error', finish);
    socket.on('data', (piece) => (said += piece.toString()));
    socket.on('end', finish);
    socket.on('connect', () => socket.end(JSON.stringify(question)));
  });
}

/**
 * Ends a session's warm agent, by its host or, where that does not answer, without. False when there was none.
 *
 * With `ifIdleMs`, only the host ends it, and only if it was of no use for so long; false when it was.
 */
export async function closeWarmHost(infoPath: string, ifIdleMs?: number): Promise<boolean> {
  const info = readWarmInfo(infoPath);
  if (info === undefined) {
    rmSync(infoPath, { force: true });
    return false;
  }
  const wasUp = isUp(info);
  if (wasUp) await askWarmHost(info, { ask: 'close', ...(ifIdleMs !== undefined && { ifIdleMs }) });
  if (wasUp && ifIdleMs !== undefined && isAlive(info.agentOwner) === true) return false;
  // Where only one of the two was killed, the other is here yet.
  await stopAgent({ owner: info.agentOwner });
  // With its agent gone the host ends by itself, after it has swept; one that hangs is ended.
  for (let left = 100; left > 0 && isAlive(info.hostOwner) === true; left--) await pause(20);
  await stopAgent({ owner: info.hostOwner });
  for (const path of [infoPath, info.logPath]) rmSync(path, { force: true });
  return wasUp;
}

function parseAnswer(said: string): WarmAnswer | undefined {
  try {
    return JSON.parse(said) as WarmAnswer;
  } catch {
    return undefined;
  }
}
