import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive, ownerOf, pidOf } from '../../system/owner.ts';

/** An agent identified by its owner string, so that an agent that is not our child can be stopped too. */
export interface StoppableAgent {
  owner: string;
  /** Settles at the exit of an agent that is our child. */
  exited?: Promise<unknown>;
}

export interface StopOptions {
  /** The time for all steps together. */
  graceMs?: number;
  /** The first step: asks the agent over its stdin to stop and exit. */
  interrupt?: () => void;
  /** When aborted (a second Ctrl-C), SIGKILL follows at once. */
  force?: AbortSignal;
}

/** The part of the grace period that each step may take. */
const STEPS = [
  { signal: null, share: 0.4 },
  { signal: 'SIGINT', share: 0.35 },
  { signal: 'SIGTERM', share: 0.25 },
] as const;

/** The time that the kernel may take to remove a killed process. */
const REMOVAL_MS = 2000;

/**
 * Ends the agent and its process group in steps: an interrupt request, SIGINT, SIGTERM, SIGKILL.
 *
 * Resolves to true when the agent has exited, and to false when it can't be ended (it is on another host, of another
 * user, or stuck in the kernel). Its identity is checked before each signal, so a process that reuses the pid never
 * gets one. Processes that left the group, such as shells of the agent's tools, are ended by `sweep`.
 */
export async function stopAgent(agent: StoppableAgent, options: StopOptions = {}): Promise<boolean> {
  const { graceMs = 5000, interrupt, force } = options;
  const watched = watchExit(agent);
  for (const { signal, share } of STEPS) {
    if (!isRunning(watched) || force?.aborted === true) break;
    if (signal === null) {
      if (interrupt === undefined) continue;
      interrupt();
    } else if (signal === 'SIGINT') {
      // Only the agent gets the signal. It ends its tools and servers itself, in the right order.
      signalProcess(agent, signal);
    } else {
      signalGroup(agent, signal);
    }
    await waitGone(watched, graceMs * share, force);
  }
  // Also when the agent has exited, because its group may have members left.
  signalGroup(agent, 'SIGKILL');
  return waitGone(watched, REMOVAL_MS);
}

/** Signals the agent if it is still running. */
export function signalProcess(agent: StoppableAgent, signal: NodeJS.Signals): void {
  const pid = pidOf(agent.owner);
  if (pid !== undefined && isAlive(agent.owner) === true) kill(pid, signal);
}

/**
 * Signals the agent's process group, also when the agent itself has exited.
 *
 * A pid is not reused while it is the id of a group, so the group is the agent's unless another process has the pid.
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
    // It has exited, or may not be signalled. Callers check whether it has exited.
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

/** Whether the agent exited within the time. Stops waiting when `force` is aborted. */
async function waitGone(agent: Watched, withinMs: number, force?: AbortSignal): Promise<boolean> {
  const until = Date.now() + withinMs;
  while (isRunning(agent)) {
    if (Date.now() >= until || force?.aborted === true) return false;
    await Promise.race([agent.exited, sleep(POLL_MS)]);
  }
  return isAlive(agent.owner) !== 'unknown';
}
