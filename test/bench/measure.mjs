// Whole processes, one at a time and in turn, so that whatever else the machine does falls on all of them alike.
import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';

/**
 * @typedef {object} Case A command to time.
 * @property {string} name
 * @property {string[]} command
 * @property {Record<string, string>} env
 * @property {string} [cwd]
 * @property {string} [input] What it reads on stdin.
 * @property {(index: number) => void | Promise<void>} [before] Sets the stage for a run; not timed.
 *
 * @typedef {object} Times Milliseconds.
 * @property {string} name
 * @property {number} median
 * @property {number} least
 * @property {number} firstByte Median of when the first byte of stdout came.
 * @property {number} cpu Median of user and system time, of the process and what it waited for.
 */

const WARM_UPS = 2;

/**
 * Runs each case so many times, in turns. Throws when a run fails: a failure is quick, and would be a good result.
 *
 * @param {Case[]} cases
 * @param {number} rounds
 * @returns {Promise<Times[]>}
 */
export async function interleave(cases, rounds) {
  const runs = cases.map(() => []);
  for (let round = -WARM_UPS; round < rounds; round++) {
    for (const [index, each] of cases.entries()) {
      await each.before?.(round);
      const run = await time(each);
      if (round >= 0) runs[index].push(run);
    }
  }
  return cases.map(({ name }, index) => ({
    name,
    median: median(runs[index].map(({ ms }) => ms)),
    least: Math.min(...runs[index].map(({ ms }) => ms)),
    firstByte: median(runs[index].map(({ firstByteMs }) => firstByteMs)),
    cpu: median(runs[index].map(({ cpuMs }) => cpuMs)),
  }));
}

/** Runs one case to its end. */
export function time({ name, command: [file, ...args], env, cwd, input }) {
  return new Promise((resolve, reject) => {
    const cpu = childCpuMs();
    const since = performance.now();
    let firstByteMs;
    let ms;
    let stderr = '';
    const child = spawn(file, args, {
      cwd,
      env,
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    });
    child.stdout.on('data', () => (firstByteMs ??= performance.now() - since));
    child.stderr.on('data', (words) => (stderr += words));
    child.stdin?.on('error', () => {});
    child.stdin?.end(input);
    child.on('error', reject);
    child.on('exit', () => (ms = performance.now() - since));
    child.on('close', (code, signal) => {
      if (code === 0) resolve({ ms, firstByteMs: firstByteMs ?? ms, cpuMs: childCpuMs() - cpu });
      else reject(new Error(`${name} ended with ${code ?? signal}: ${stderr.slice(-500)}`));
    });
  });
}

/** Runs one case with stdout to /dev/null, for outputs that reading would slow down. */
export function timeUnread({ name, command: [file, ...args], env, cwd }) {
  return new Promise((resolve, reject) => {
    const nowhere = openSync('/dev/null', 'w');
    const since = performance.now();
    const child = spawn(file, args, { cwd, env, stdio: ['ignore', nowhere, 'inherit'] });
    closeSync(nowhere);
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      if (code === 0) resolve(performance.now() - since);
      else reject(new Error(`${name} ended with ${code ?? signal}`));
    });
  });
}

export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Of all children so far that have ended, as the kernel counts them (in hundredths of a second); 0 where it does not tell. */
export function childCpuMs() {
  try {
    const stat = readFileSync('/proc/self/stat', 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[13]) + Number(fields[14])) * 10;
  } catch {
    return 0;
  }
}

/** So many turns of each session, one after the other in each. Gives turns a second, and what each took, in milliseconds. */
export async function measureTurns(ids, turns, send) {
  const durations = [];
  const since = performance.now();
  await Promise.all(
    ids.map(async (id) => {
      for (let turn = 0; turn < turns; turn++) {
        const begun = performance.now();
        await send(id);
        durations.push(performance.now() - begun);
      }
    }),
  );
  return { rate: (1000 * ids.length * turns) / (performance.now() - since), durations };
}
