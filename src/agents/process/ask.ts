import { SessionError } from '../../errors.ts';
import { withAbsolutePath } from '../../system/find-program.ts';
import { signalGroup } from '../../system/process-group.ts';
import { describeSpawnFailure, refuseBadCwd, requireProgram } from './spawn-failure.ts';

/** The output and exit status of a program. */
export interface AgentReply {
  /** Its exit status; undefined when a signal ended it. */
  status: number | undefined;
  stdout: string;
  stderr: string;
}

interface Place {
  cwd: string;
  env: Record<string, string | undefined>;
  timeoutMs: number;
}

const LONGEST_ANSWER_CHARS = 100_000;

/**
 * Runs the agent with arguments such as `--version`, which it answers at once. Throws AGENT_MISSING, AGENT_FAILED or
 * TIMEOUT.
 */
export async function askAgent(
  program: readonly string[],
  argv: readonly string[],
  { cwd, env, timeoutMs }: Place,
): Promise<AgentReply> {
  refuseBadCwd(cwd);
  const [name = '', ...first] = program;
  const file = requireProgram(name, env);
  const { execa } = await import('execa');
  const child = execa(file, [...first, ...argv], {
    cwd,
    env: withAbsolutePath(defined(env)),
    extendEnv: false,
    stdin: 'ignore',
    reject: false,
    maxBuffer: LONGEST_ANSWER_CHARS,
    detached: true,
    cleanup: false,
  });
  const { pid } = child;
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    // Kill its children too, because they keep its stdout open.
    if (pid !== undefined) signalGroup(pid, 'SIGKILL');
  }, timeoutMs);
  const reply = await child;
  clearTimeout(timer);
  if (pid === undefined) throw describeSpawnFailure(file, reply);
  if (isLate) {
    const asked = [file, ...first, ...argv].join(' ');
    throw new SessionError('TIMEOUT', `"${asked}" did not answer within ${timeoutMs / 1000} s.`);
  }
  return { status: reply.exitCode, stdout: reply.stdout, stderr: reply.stderr };
}

function defined(env: Place['env']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])),
  );
}
