import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { expandReferences, findUnset } from '../../src/model/references.ts';
import { probeServer } from '../../src/mcp/probe.ts';
import type { Probe } from '../../src/mcp/probe.ts';
import { makeRoot } from '../support/study-tree.ts';

const ECHO = fileURLToPath(new URL('../support/mcp-echo.mjs', import.meta.url));
const TIMEOUT_MS = 20_000;

function probe(env: Record<string, string> = {}, timeoutMs = TIMEOUT_MS): Promise<Probe> {
  const entry = { command: process.execPath, args: [ECHO], env };
  return probeServer(entry, { timeoutMs, cwd: makeRoot(), env: process.env });
}

/** Zombies don't count: who waits for an orphan, and when, is the system's affair. */
function isAlive(pidFile: string): boolean {
  const pid = readFileSync(pidFile, 'utf8').trim();
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', pid], { encoding: 'utf8' });
  return /^[^ZX\s]/.test(stdout.trim());
}

describe('probing a server over stdio', () => {
  it('lists its tools and ends it', async () => {
    const pidFile = join(makeRoot(), 'pid');
    const { status, tools, durationMs } = await probe({ MCP_ECHO_PID_FILE: pidFile });
    expect(status).toBe('connected');
    expect(tools).toContain('echo');
    expect(durationMs).toBeGreaterThan(0);
    expect(isAlive(pidFile)).toBe(false);
  });

  it('ends one that ignores every signal it can, also behind a shell', async () => {
    const pidFile = join(makeRoot(), 'pid');
    const entry = {
      command: 'sh',
      args: ['-c', '"$0" "$1"; true', process.execPath, ECHO],
      env: { MCP_ECHO_STUBBORN: '1', MCP_ECHO_PID_FILE: pidFile },
    };
    expect(
      await probeServer(entry, { timeoutMs: TIMEOUT_MS, cwd: makeRoot(), env: process.env }),
    ).toMatchObject({ status: 'connected' });
    expect(isAlive(pidFile)).toBe(false);
  });

  it('gives up on one that does not answer', async () => {
    const pidFile = join(makeRoot(), 'pid');
    const result = await probe({ MCP_ECHO_SILENT: '1', MCP_ECHO_PID_FILE: pidFile }, 1500);
    expect(result).toMatchObject({
      status: 'timed_out',
      tools: [],
      error: 'It did not answer within 1500 ms.',
    });
    expect(isAlive(pidFile)).toBe(false);
  });

  it('tolerates a line that is no JSON', async () => {
    expect(await probe({ MCP_ECHO_NOISE: '1' })).toMatchObject({ status: 'connected' });
  });

  it('says why one did not start', async () => {
    const options = { timeoutMs: TIMEOUT_MS, cwd: makeRoot(), env: process.env };
    expect(await probe({ MCP_ECHO_EXIT: '3' })).toMatchObject({
      status: 'failed',
      error: 'It ended at once (exit status 3).',
    });
    expect(await probeServer({ command: 'no-such-program' }, options)).toMatchObject({
      status: 'failed',
      error: 'There is no program "no-such-program".',
    });
    const loud = { command: 'sh', args: ['-c', 'echo "no licence" >&2; exit 1'] };
    expect(await probeServer(loud, options)).toMatchObject({
      error: 'It ended at once (exit status 1), saying: no licence',
    });
  });
});

describe('probing a server over http', () => {
  async function listen(respond: (headers: Record<string, unknown>) => number): Promise<string> {
    const server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        const { id, method } = (body === '' ? {} : JSON.parse(body)) as { id?: number; method?: string };
        const status = respond(request.headers);
        if (status !== 200) return response.writeHead(status).end();
        if (request.method !== 'POST') return response.writeHead(405).end();
        if (id === undefined) return response.writeHead(202).end();
        const result =
          method === 'initialize'
            ? {
                protocolVersion: '2025-06-18',
                capabilities: { tools: {} },
                serverInfo: { name: 'x', version: '1' },
              }
            : { tools: [{ name: 'remote', inputSchema: { type: 'object' } }] };
        return response
          .writeHead(200, { 'content-type': 'application/json' })
          .end(JSON.stringify({ jsonrpc: '2.0', id, result }));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`;
  }

  it('lists its tools, with the headers filled in', async () => {
    const url = await listen((headers) => (headers['authorization'] === 'Bearer s3cret' ? 200 : 401));
    const entry = { type: 'http' as const, url: '${URL}', headers: { Authorization: 'Bearer ${TOKEN}' } };
    const options = { timeoutMs: TIMEOUT_MS, cwd: makeRoot(), env: { URL: url, TOKEN: 's3cret' } };
    expect(await probeServer(entry, options)).toMatchObject({ status: 'connected', tools: ['remote'] });
    expect(await probeServer(entry, { ...options, env: { URL: url } })).toMatchObject({ status: 'failed' });
  });

  it('says that nobody is there', async () => {
    const options = { timeoutMs: TIMEOUT_MS, cwd: makeRoot(), env: {} };
    const result = await probeServer({ type: 'http', url: await findFreeUrl() }, options);
    expect(result).toMatchObject({ status: 'failed', tools: [] });
    expect(result.error).toContain('ECONNREFUSED');
    expect(await probeServer({ type: 'http', url: '${NOSUCH}' }, options)).toMatchObject({
      status: 'failed',
    });
  });
});

/** An address where nobody listens. */
async function findFreeUrl(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}/mcp`;
}

it('fills references in as claude does', () => {
  const entry = {
    command: '${A}',
    args: ['x${B}y', '${C:-d e}', '$A', '${NO}', '${A:-z}'],
    env: { K: '${B}' },
    timeout: 5,
  };
  expect(expandReferences(entry, { A: 'a', B: '' })).toEqual({
    command: 'a',
    args: ['xy', 'd e', '$A', '${NO}', 'a'],
    env: { K: '' },
    timeout: 5,
  });
});

it('finds the references that nothing fills in', () => {
  const entry = { url: '${A:-http://x}/${B}', headers: { X: '${C} ${B}', Y: '$D ${E}' }, args: ['${F:-}'] };
  expect(findUnset(entry, { C: 'set', E: '' })).toEqual(['B']);
});

it.each([
  [{ type: 'ws' as const, url: 'ws://127.0.0.1:9' }, 'WebSocket'],
  [{ type: 'http' as const, url: 'http://127.0.0.1:9', oauth: { clientId: 'x' } }, 'login'],
  [{ type: 'http' as const, url: 'http://127.0.0.1:9', headersHelper: 'touch helped' }, 'login'],
])('does not try what only the agent can reach: %j', async (entry, words) => {
  const result = await probeServer(entry, { timeoutMs: TIMEOUT_MS, cwd: makeRoot(), env: {} });
  expect(result).toMatchObject({ status: 'untried', error: expect.stringContaining(words) as string });
});

it('starts a server where claude does, whatever its cwd says', async () => {
  const cwd = makeRoot();
  const entry = { command: 'sh', args: ['-c', 'pwd >&2; exit 1'], cwd: '/' };
  const { error } = await probeServer(entry, { timeoutMs: TIMEOUT_MS, cwd, env: process.env });
  expect(error).toBe(`It ended at once (exit status 1), saying: ${cwd}`);
});
