import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Interrupted } from './io.ts';
import type { Environment } from './io.ts';
import { failed } from './tool-call.ts';
import type { ToolAnswer } from './tool-call.ts';
import { interruptible } from './wait.ts';

/** How long to wait for output after the shell has exited. Processes that it left running keep its pipes open. */
const DRAIN_MS = 50;

interface Surroundings {
  cwd: string;
  env: Environment;
  signal: AbortSignal;
}

/** Runs one of claude's built-in tools that the mock has. */
export async function runBuiltIn(
  tool: 'Bash' | 'Read' | 'Write',
  { command = '', file_path: file = '', content = '' }: Record<string, string>,
  around: Surroundings,
): Promise<ToolAnswer> {
  try {
    if (tool === 'Bash') return await runBash(command, around);
    if (tool === 'Read') {
      const lines = readFileSync(file, 'utf8').split('\n');
      return { content: lines.map((line, at) => `${at + 1}\t${line}`).join('\n'), detail: { type: 'text' } };
    }
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content);
    const detail = { type: 'create', filePath: file };
    return { content: `File created successfully at: ${file}`, detail };
  } catch (error) {
    return failed((error as Error).message);
  }
}

/**
 * Really runs a command, in its own session and process group, as claude's Bash tool does.
 *
 * So a signal to the agent's group does not reach it. An interrupt ends it. It outlives an agent that is killed.
 */
async function runBash(command: string, { cwd, env, signal }: Surroundings): Promise<ToolAnswer> {
  const child = spawn('/bin/sh', ['-c', command], {
    cwd,
    env: { ...env, CLAUDECODE: '1' },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (data: string) => (stdout += data));
  child.stderr.setEncoding('utf8').on('data', (data: string) => (stderr += data));
  const ended = new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? 1));
    child.once('exit', (code) => setTimeout(resolve, DRAIN_MS, code ?? 1));
  });
  try {
    const code = await interruptible(ended, signal);
    const [out, err] = [stdout.trimEnd(), stderr.trimEnd()];
    const said = [out, err].filter(Boolean).join('\n');
    if (code !== 0) return failed(`Exit code ${code}\n${said}`.trimEnd());
    const detail = {
      stdout: out,
      stderr: err,
      interrupted: false,
      isImage: false,
      noOutputExpected: said === '',
    };
    return { content: said || '(Bash completed with no output)', isError: false, detail };
  } catch (error) {
    if (signal.reason instanceof Interrupted && child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    throw error;
  } finally {
    child.stdout.destroy();
    child.stderr.destroy();
    child.unref();
  }
}
