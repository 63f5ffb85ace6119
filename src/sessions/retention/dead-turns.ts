import { describeFault } from '../../turns/finish.ts';
import type { Turn } from '../../model/model.ts';
import { readAgentTrace } from '../../turns/run-files.ts';
import type { Services } from '../../turns/services.ts';
import { isSettleable, settleTurn } from '../../turns/settle.ts';
import { buildEnd, findStopReason } from '../../turns/turn-end.ts';
import type { Pace } from './pace.ts';

type Needed = Pick<Services, 'store' | 'paths' | 'env'>;

/** The turns that had not ended, after settling. */
export interface OpenTurns {
  /** The number of settled turns. */
  settled: number;
  /** The sessions of the settled turns. */
  settledIn: Set<string>;
  /** The bytes that settling would add to the store, in a dry run. */
  unwrittenBytes: number;
  /** The sessions of turns that still run. */
  running: Set<string>;
}

/** Settles the turns of all sessions whose process is gone. */
export async function settleDeadTurns(services: Needed, isDryRun: boolean, pace: Pace): Promise<OpenTurns> {
  const { store } = services;
  const open: OpenTurns = { settled: 0, settledIn: new Set(), unwrittenBytes: 0, running: new Set() };
  for (const turn of await store.turns.open()) {
    const isDead = await isSettleable(services, turn);
    if (isDead && isDryRun) open.unwrittenBytes += await measureEnd(services, turn);
    const isSettled = isDead && (isDryRun || (await settle(services, turn)));
    if (isSettled) open.settled++;
    (isSettled ? open.settledIn : open.running).add(turn.sessionId);
    await pace.rest('settling turns');
  }
  return open;
}

async function settle(services: Needed, turn: Turn): Promise<boolean> {
  const session = await services.store.sessions.find(turn.sessionId);
  return session !== undefined && (await settleTurn(services, session, turn));
}

/** The bytes that a turn's end will take in the store. */
async function measureEnd({ paths }: Needed, turn: Turn): Promise<number> {
  const stopReason = findStopReason(paths, turn, undefined);
  const trace = readAgentTrace(paths, turn);
  let bytes = 0;
  try {
    const { end } = await buildEnd({ turn, trace, ended: undefined, stopReason, failure: undefined });
    for (const piece of end.answer) bytes += Buffer.byteLength(piece);
    for (const { input, result } of end.toolCalls)
      bytes += Buffer.byteLength(JSON.stringify(input) ?? 'null') + Buffer.byteLength(result ?? '');
    return bytes;
  } catch (error) {
    describeFault(error);
    // Such a turn will end without its answer.
    return 0;
  }
}
