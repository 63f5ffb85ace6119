import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Interrupted } from './io.ts';
import type { Environment } from './io.ts';
import { interruptible } from './wait.ts';

/** After the shell has ended, how long its output may still be on its way; what it left running keeps the pipes open. */
const DRAIN_MS = 50;

/** What came of a tool call. */
export interface ToolAnswer {
  /** Content blocks, or claude's own words for a call that could not be made. */
  content: unknown;
  /** Left out of the stream where it is undefined: of built-in tools only Bash says that all went well. */
  isError?: boolean;
  /** What the permission rules said; nothing of a call that never came to them. */
  decision?: 'accept' | 'reject';
  /** The stream's `tool_use_result`. */
  detail: unknown;
}

export interface ToolUse {
  name: string;
  input: Record<string, unknown>;
  /** How MCP tools are shown. */
  meta?: object;
  /** Denied whatever the rules say. */
  isForbidden?: boolean;
  run: () => Promise<ToolAnswer>;
}

interface Surroundings {
  cwd: string;
  env: Environment;
  signal: AbortSignal;
}

export function failed(text: string): ToolAnswer {
  return { content: text, isError: true, detail: `Error: ${text}` };
}

/** Claude's answer to a call of a tool that is not there. */
export function noSuchTool(tool: string, hint = ''): ToolAnswer {
  const text = `Error: No such tool available: ${tool}${hint}`;
  return { content: `<tool_use_error>${text}</tool_use_error>`, isError: true, detail: text };
}

/** What claude's own tools do, as far as the mock has them; any other tool does nothing and says so. */
export async function runBuiltIn(
  tool: string,
  input: Record<string, unknown>,
  around: Surroundings,
): Promise<ToolAnswer> {
  const text = (name: string): string => String(input[name] ?? '');
  const file = path.resolve(around.cwd, text('file_path'));
  try {
    switch (tool) {
      case 'Bash':
        return await runBash(text('command'), around);
      case 'Read': {
        const lines = readFileSync(file, 'utf8').split('\n');
        return {
          content: lines.map((line, at) => `${at + 1}\t${line}`).join('\n'),
          detail: { type: 'text' },
        };
      }
      case 'Write':
        mkdirSync(path.dirname(file), { recursive: true });
        writeFileSync(file, text('content'));
        return {
          content: `File created successfully at: ${file}`,
          detail: { type: 'create', filePath: file },
        };
      default:
        return { content: `The mock agent has no ${tool}: nothing was done.`, detail: '' };
    }
  } catch (error) {
    around.signal.throwIfAborted();
    return failed((error as Error).message);
  }
}

/**
 * Runs a command for real, in a session and process group of its own as claude's Bash tool does.
 *
 * So a signal to the agent's group does not reach it: an interrupt ends it, a killed agent leaves it behind.
 */
async function runBash(command: string, { cwd, env, signal }: Surroundings): Promise<ToolAnswer> {
  const child = spawn('/bin/sh', ['-c', command], {
    cwd,
    env: { ...env, CLAUDECODE: '1' },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout.on('data', (data: Buffer) => out.push(data));
  child.stderr.on('data', (data: Buffer) => err.push(data));
  const ended = new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? 1));
    child.once('exit', (code) => setTimeout(resolve, DRAIN_MS, code ?? 1));
  });
  try {
    const code = await interruptible(ended, signal);
    const [stdout, stderr] = [out, err].map((each) => Buffer.concat(each).toString('utf8').trimEnd());
    const said = [stdout, stderr].filter(Boolean).join('\n');
    if (code !== 0) return failed(`Exit code ${code}\n${said}`.trimEnd());
    const detail = { stdout, stderr, interrupted: false, isImage: false, noOutputExpected: said === '' };
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
