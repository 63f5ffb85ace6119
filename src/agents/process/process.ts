import { closeSync } from 'node:fs';
import { startProcess } from '../../system/start-process.ts';
import { describeSpawnFailure, refuseBadCwd, requireProgram } from './spawn-failure.ts';
import { openRunFile } from './run-file.ts';

export interface AgentCommand {
  /** The program and the arguments that come before all others (`node mock.js`). */
  program: readonly string[];
  argv: readonly string[];
  cwd: string;
  env: Record<string, string>;
  /** The turn log: the agent's stdout is appended to it. */
  logPath: string;
  stderrPath: string;
}

export interface AgentExit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

export interface AgentProcess {
  pid: number;
  /** Identifies the process, also when its pid is reused (see system/owner.ts). */
  owner: string;
  /**
   * Writes to the agent's stdin, and resolves when more may be written. An agent that no longer reads is not an error.
   */
  send: (line: string) => Promise<void>;
  /** Closes the agent's stdin. The agent then finishes the running turn and exits. */
  endInput: () => void;
  exited: Promise<AgentExit>;
}

/**
 * Starts the agent with a pipe for stdin, and files for stdout and stderr.
 *
 * It is the leader of its own process group, so signals of our terminal don't reach it. It writes its log itself, so it
 * continues when we are killed. Throws AGENT_MISSING when the program does not exist.
 */
export async function spawnAgent(command: AgentCommand): Promise<AgentProcess> {
  refuseBadCwd(command.cwd);
  const [name = '', ...first] = command.program;
  const file = requireProgram(name, command.env);
  const stdout = openRunFile(command.logPath);
  const stderr = openRunFile(command.stderrPath);
  const { pid, owner, child } = await startProcess(file, [...first, ...command.argv], {
    cwd: command.cwd,
    env: command.env,
    stdio: ['pipe', stdout, stderr],
    detached: true,
  })
    .catch((error: unknown) => {
      throw describeSpawnFailure(file, error as Error);
    })
    .finally(() => {
      closeSync(stdout);
      closeSync(stderr);
    });
  const stdin = child.stdin!;
  // An agent that no longer reads is not an error.
  stdin.on('error', () => {});
  return {
    pid,
    owner,
    send: (line) =>
      new Promise((resolve) => {
        if (stdin.destroyed || stdin.writableEnded) resolve();
        else stdin.write(line, () => resolve());
      }),
    endInput: () => void stdin.end(),
    exited: new Promise((resolve) => {
      child.once('exit', (code, signal) => resolve({ code, signal }));
    }),
  };
}
