import { existsSync, readFileSync } from 'node:fs';
import { isAlive } from '../system/owner.ts';
import type { WarmInfo } from './warm-protocol.ts';

/** The host of a session, if there is one and both it and its agent are alive. */
export function findWarmHost(infoPath: string): WarmInfo | undefined {
  if (!existsSync(infoPath)) return undefined;
  try {
    const info = JSON.parse(readFileSync(infoPath, 'utf8')) as WarmInfo;
    return isAlive(info.hostOwner) === true && isAlive(info.agentOwner) === true ? info : undefined;
  } catch {
    return undefined;
  }
}
