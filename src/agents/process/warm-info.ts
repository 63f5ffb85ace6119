import { existsSync, readFileSync } from 'node:fs';
import { isAlive } from '../../system/owner.ts';
import type { WarmInfo } from './warm-protocol.ts';

/** The host of a session, if there is one and both it and its agent are alive. */
export function findWarmHost(infoPath: string): WarmInfo | undefined {
  const info = readWarmInfo(infoPath);
  return info !== undefined && isUp(info) ? info : undefined;
}

/** What a host has left word of, alive or not. */
export function readWarmInfo(infoPath: string): WarmInfo | undefined {
  if (!existsSync(infoPath)) return undefined;
  try {
    return JSON.parse(readFileSync(infoPath, 'utf8')) as WarmInfo;
  } catch {
    return undefined;
  }
}

export function isUp({ hostOwner, agentOwner }: WarmInfo): boolean {
  return isAlive(hostOwner) === true && (agentOwner === null || isAlive(agentOwner) === true);
}
