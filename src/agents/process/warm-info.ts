import { isAlive } from '../../system/owner.ts';
import { readRunRecord } from './run-file.ts';
import type { WarmInfo } from './warm-protocol.ts';

/** The host of a session, if there is one and both it and its agent are alive. */
export function findWarmHost(infoPath: string): WarmInfo | undefined {
  const info = readWarmInfo(infoPath);
  return info !== undefined && isUp(info) ? info : undefined;
}

/** What a host has left word of, alive or not. */
export function readWarmInfo(infoPath: string): WarmInfo | undefined {
  return readRunRecord<WarmInfo>(infoPath, ['hostOwner', 'socketPath', 'logPath']);
}

export function isUp({ hostOwner, agentOwner }: WarmInfo): boolean {
  return isAlive(hostOwner) === true && (typeof agentOwner !== 'string' || isAlive(agentOwner) === true);
}
