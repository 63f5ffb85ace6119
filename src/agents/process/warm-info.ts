import { isAlive } from '../../system/owner.ts';
import { readRunFile } from './run-file.ts';
import type { WarmInfo } from './warm-protocol.ts';

/** The host of a session, if the host and its agent are running. */
export function findWarmHost(infoPath: string): WarmInfo | undefined {
  const info = readWarmInfo(infoPath);
  return info !== undefined && isUp(info) ? info : undefined;
}

/** What a host wrote about itself, whether it still runs or not. */
export function readWarmInfo(infoPath: string): WarmInfo | undefined {
  return readRunFile<WarmInfo>(infoPath, ['hostOwner', 'socketPath', 'logPath']);
}

export function isUp({ hostOwner, agentOwner }: WarmInfo): boolean {
  return isAlive(hostOwner) === true && (typeof agentOwner !== 'string' || isAlive(agentOwner) === true);
}
