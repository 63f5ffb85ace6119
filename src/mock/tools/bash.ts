import { spawn } from 'node:child_process';
import type { ToolAnswer } from '../servers/contract.ts';
import { Interrupted } from '../machine.ts';
import { interruptible } from '../pause.ts';

/** After the shell has ended, how long its output may still be on its way; what it left running keeps the pipes open. */
const DRAIN_MS = 50;

/**
 * Runs a command for real, in a session and process group of its own as claude's Bash tool does.
 *
 * So a signal to the agent's group does not reach it: an interrupt ends it, a killed agent leaves it behind.
 */
export async function runBash(
  command: string,
  { cwd, env, signal }: { cwd: string; env: Record<string, string | undefined>; signal: AbortSignal },
): Promise<ToolAnswer> {
  const child = spawn('/bin/sh', ['-c', command], {
    cwd,
    env: { ...env, CLAUDECODE: '1' },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on('data', (data: Buffer) => stdout.push(data));
  child.stderr.on('data', (data: Buffer) => stderr.push(data));
  const ended = new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? 1));
    child.once('exit', (code) => setTimeout(resolve, DRAIN_MS, code ?? 1));
  });
  try {
    const code = await interruptible(ended, signal);
    return answer(code, text(stdout), text(stderr));
  } catch (error) {
    if (signal.reason instanceof Interrupted && child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    throw error;
  } finally {
    child.stdout.destroy();
    child.stderr.destroy();
    child.unref();
  }
}

function answer(code: number, stdout: string, stderr: string): ToolAnswer {
  const said = [stdout, stderr].filter((each) => each !== '').join('\n');
  if (code !== 0) {
    const content = `Exit code ${code}\n${said}`.trimEnd();
    return { content, isError: true, detail: `Error: ${content}` };
  }
  const detail = { stdout, stderr, interrupted: false, isImage: false, noOutputExpected: said === '' };
  return { content: said === '' ? '(Bash completed with no output)' : said, isError: false, detail };
}

function text(chunks: Buffer[]): string {
  return Buffer.concat(chunks).toString('utf8').trimEnd();
}
