import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { basename } from 'node:path';
import { STOP_SIGNALS } from '../io.ts';

/** The signals that can stop us. Stopped by SIGQUIT, a turn ends as with SIGTERM. */
export const ENDING_SIGNALS = [...STOP_SIGNALS, 'SIGQUIT'] as const;
type EndingSignal = (typeof ENDING_SIGNALS)[number];

/**
 * The signals that were ignored before Node started, as bin/session.js found them: a bit mask in the form of
 * /proc/PID/status.
 */
const VARIABLE = 'SESSION_SIGIGN';

/**
 * Returns the signals that were ignored when this program was started, for example by nohup or `trap '' HUP`. Node
 * itself resets them.
 *
 * If bin/session.js did not set the variable, the signals that our parent ignores are used, and SIGHUP if nohup started
 * us.
 */
function findIgnoredSignals(env: Readonly<Record<string, string | undefined>>): EndingSignal[] {
  const mask = env[VARIABLE] ?? readMask(process.ppid);
  const isNohup = env[VARIABLE] === undefined && basename(env['_'] ?? '') === 'nohup';
  return ENDING_SIGNALS.filter((signal) => isInMask(mask, signal) || (isNohup && signal === 'SIGHUP'));
}

/** Ignores the same signals again and returns them. Deletes the variable, so that child processes don't get it. */
export function ignoreSignalsAgain(env: Record<string, string | undefined>): EndingSignal[] {
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

function isInMask(mask: string | undefined, signal: EndingSignal): boolean {
  if (mask === undefined || !/^[0-9a-f]{1,32}$/i.test(mask)) return false;
  return ((BigInt(`0x${mask}`) >> BigInt(constants.signals[signal] - 1)) & 1n) === 1n;
}
