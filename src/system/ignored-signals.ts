import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { basename } from 'node:path';
import { STOP_SIGNALS } from '../io.ts';
import type { StopSignal } from '../io.ts';

/** What bin/session.js saw before Node began: a mask of signals as /proc writes it. */
const VARIABLE = 'SESSION_SIGIGN';

/**
 * The signals that were ignored when we were started, by nohup or a `trap '' HUP` above us; Node itself forgets them.
 *
 * Where Node was started without our own shell lines, what is known is how our parent stands, and whether nohup began us.
 */
function findIgnoredSignals(env: Readonly<Record<string, string | undefined>>): StopSignal[] {
  const mask = env[VARIABLE] ?? readMask(process.ppid);
  const isNohup = env[VARIABLE] === undefined && basename(env['_'] ?? '') === 'nohup';
  return STOP_SIGNALS.filter((signal) => isInMask(mask, signal) || (isNohup && signal === 'SIGHUP'));
}

/** Ignores again what was ignored, takes the mark out of what our children are given, and returns which signals they are. */
export function ignoreSignalsAgain(env: Record<string, string | undefined>): StopSignal[] {
  const ignored = findIgnoredSignals(env);
  delete env[VARIABLE];
  for (const signal of ignored) process.on(signal, () => {});
  return ignored;
}

function readMask(pid: number): string | undefined {
  try {
    return /^SigIgn:\s*([0-9a-f]+)/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1];
  } catch {
    return undefined;
  }
}

function isInMask(mask: string | undefined, signal: StopSignal): boolean {
  if (mask === undefined || !/^[0-9a-f]{1,32}$/i.test(mask)) return false;
  return ((BigInt(`0x${mask}`) >> BigInt(constants.signals[signal] - 1)) & 1n) === 1n;
}
