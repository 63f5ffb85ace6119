import { randomUUID } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { start } from '../../src/agents/mock/agent.ts';
import type { MockIo } from '../../src/agents/mock/io.ts';

const STREAMING = ['-p', '--verbose', '--input-format', 'stream-json', '--output-format', 'stream-json'];

/** Runs one script of the mock agent in this process, with a new home directory. Resolves to its output. */
export async function runInProcess(
  script: string,
  args: string[] = [],
  onSignal: MockIo['onSignal'] = () => () => {},
): Promise<string> {
  const home = mkdtempSync(path.join(tmpdir(), 'mock-agent-'));
  const stdout = new PassThrough();
  let printed = '';
  const message = { role: 'user', content: [{ type: 'text', text: script }] };
  const line = { type: 'user', uuid: randomUUID(), message };
  stdout.on('data', (data: Buffer) => {
    printed += data.toString();
  });
  await start([...STREAMING, ...args], {
    stdin: Readable.from([Buffer.from(`${JSON.stringify(line)}\n`)]),
    stdout,
    stderr: new PassThrough().resume(),
    env: { PATH: process.env['PATH'], CLAUDE_SESSION_HOME: home, CLAUDE_CODE_MAX_RETRIES: '1' },
    cwd: home,
    onSignal,
  });
  return printed;
}
