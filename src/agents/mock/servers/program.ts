import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { readLines } from '../../../system/read-lines.ts';
import type { Environment } from '../io.ts';
import { Requests } from '../requests.ts';
import { CLOSED } from './server.ts';
import type { RpcAnswer, RpcRequest } from './server.ts';

/** How long to wait for a server to exit. */
const GRACE_MS = 400;

/** A server that is a program. It speaks JSON-RPC, one message a line. */
export interface ServerProgram {
  exchange(message: RpcRequest): Promise<RpcAnswer | undefined>;
  stop(): Promise<void>;
}

export function startProgram(command: string, args: string[], cwd: string, env: Environment): ServerProgram {
  const child = spawn(command, args, { cwd, env, stdio: ['pipe', 'pipe', 'ignore'] });
  const requests = new Requests<RpcAnswer>();
  child.on('error', () => requests.close(CLOSED)).on('close', () => requests.close(CLOSED));
  child.stdin.on('error', () => {});
  void (async () => {
    for await (const line of readLines(child.stdout)) {
      const answer = parseAnswer(line ?? '');
      requests.answer(String(answer.id), answer);
    }
  })().catch(() => {});
  return {
    exchange: async (message) => {
      const send = (): void => void child.stdin.write(`${JSON.stringify(message)}\n`);
      if (message.id !== undefined) return await requests.ask(String(message.id), send);
      send();
      return undefined;
    },
    stop: async () => {
      child.stdin.destroy();
      if (child.exitCode === null && child.kill('SIGTERM'))
        await Promise.race([once(child, 'exit'), sleep(GRACE_MS, undefined, { ref: false })]);
      child.stdout.destroy();
      child.unref();
    },
  };
}

/** Parses a line of a server. A line that is not JSON is log output, and gives an answer without an id. */
function parseAnswer(line: string): RpcAnswer {
  try {
    return (JSON.parse(line) as RpcAnswer | null) ?? {};
  } catch {
    return {};
  }
}
