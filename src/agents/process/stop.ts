import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive, ownerOf, pidOf } from '../../system/owner.ts';

/** An agent by its identity, so that one which is not our child can be stopped too. */
export interface StoppableAgent {
  owner: string;
  /** Of a child of ours: tells at once. */
  exited?: Promise<unknown>;
}

export interface StopOptions {
  /** For the whole ladder. */
  graceMs?: number;
  /** The gentlest way: asks the agent over its stdin to stop and leave. */
  interrupt?: () => void;
  /** Goes straight to SIGKILL when it fires (a second Ctrl-C). */
  force?: AbortSignal;
}

/** The share of the grace that each rung may take. */
const RUNGS = [
  { signal: null, share: 0.4 },
  { signal: 'SIGINT', share: 0.35 },
  { signal: 'SIGTERM', share: 0.25 },
] as const;

/** How long the kernel may take to remove a killed process. */
const REMOVAL_MS = 2000;

/**
 * Ends the agent and its process group, gently first: an interrupt request, SIGINT, SIGTERM, SIGKILL.
 *
 * Resolves when the agent is gone; false when it can't be made to (another host's, another user's, or stuck in the
 * kernel). Identity is checked before each signal, so a process that inherited the pid is never hit. What left the
 * group, like the shells of the agent's tools, is for `sweep`.
 */
export async function stopAgent(agent: StoppableAgent, options: StopOptions = {}): Promise<boolean> {
  const { graceMs = 5000, interrupt, force } = options;
  const watched = watchExit(agent);
  for (const { signal, share } of RUNGS) {
    if (!isRunning(watched) || force?.aborted === true) break;
    if (signal === null) {
      if (interrupt === undefined) continue;
      interrupt();
    } else if (signal === 'SIGINT') {
      // The agent alone: it ends its tools and servers by itself, in the right order.
      signalProcess(agent, signal);
    } else {
      signalGroup(agent, signal);
    }
    await waitGone(watched, graceMs * share, force);
  }
  // Also when the agent is gone: its group may have members left.
  signalGroup(agent, 'SIGKILL');
  return waitGone(watched, REMOVAL_MS);
}

/** Signals that very agent, if it still lives. */
export function signalProcess(agent: StoppableAgent, signal: NodeJS.Signals): void {
  const pid = pidOf(agent.owner);
  if (pid !== undefined && isAlive(agent.owner) === true) kill(pid, signal);
}

/**
 * Signals the agent's process group, also when the agent itself is gone.
 *
 * A pid is not given away while it names a group, so a group is still the agent's unless another process has the pid.
 */
export function signalGroup(agent: StoppableAgent, signal: NodeJS.Signals): void {
  const pid = pidOf(agent.owner);
  if (pid === undefined) return;
  const present = ownerOf(pid);
  if (present !== agent.owner && isAlive(present) === true) return;
  // Windows has no process groups.
  kill(process.platform === 'win32' ? pid : -pid, signal);
}

function kill(target: number, signal: NodeJS.Signals): void {
  try {
    process.kill(target, signal);
  } catch {
    // Gone by itself, or not ours to signal; whether it is gone is asked separately.
  }
}

interface Watched {
  owner: string;
  hasExited: boolean;
  exited: Promise<unknown>;
}

function watchExit({ owner, exited }: StoppableAgent): Watched {
  const watched = { owner, hasExited: false, exited: exited ?? new Promise(() => {}) };
  void exited?.finally(() => {
    watched.hasExited = true;
  });
  return watched;
}

function isRunning(agent: Watched): boolean {
  return !agent.hasExited && isAlive(agent.owner) === true;
}

const POLL_MS = 20;

/** Whether the agent went within the time; gives up at once when `force` fires. */
async function waitGone(agent: Watched, withinMs: number, force?: AbortSignal): Promise<boolean> {
  const until = Date.now() + withinMs;
  while (isRunning(agent)) {
    if (Date.now() >= until || force?.aborted === true) return false;
    await Promise.race([agent.exited, sleep(POLL_MS)]);
  }
  return isAlive(agent.owner) !== 'unknown';
}
