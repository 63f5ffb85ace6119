import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { Place } from '../support/run.ts';

interface Answer {
  id: unknown;
  result?: unknown;
  error?: unknown;
}

const line = (message: object): string => `${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`;

const OPENING = [
  line({ id: 0, method: 'initialize', params: { protocolVersion: '2025-11-25', capabilities: {} } }),
  line({ method: 'notifications/initialized' }),
  line({ id: 1, method: 'tools/list' }),
  line({ id: 2, method: 'ping' }),
].join('');

const call = line({ id: 3, method: 'tools/call', params: { name: 'list_studies', arguments: {} } });

async function serve(stdin: string | Buffer): Promise<Answer[]> {
  const place = new Place();
  const { code, stdout, stderr } = await place.run(['mcp'], { stdin });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout
    .split('\n')
    .filter(Boolean)
    .map((each) => JSON.parse(each) as Answer);
}

it('answers every request once and in order, also one that is under way when stdin ends', async () => {
  const answers = await serve(OPENING + call.trimEnd());
  expect(answers.map(({ id }) => id)).toEqual([0, 1, 2, 3]);
  expect(answers[3]).toMatchObject({
    result: { content: [{ type: 'text', text: 'There are no studies below studies/.' }] },
  });
});

it('refuses what is no JSON, and goes on', async () => {
  expect(await serve(`hello\n{"jsonrpc":"2.0","id":1\n[${call.trim()}]\n${call}`)).toMatchObject([
    { id: null, error: { code: -32700 } },
    { id: null, error: { code: -32700 } },
    [{ id: 3, result: {} }],
    { id: 3, result: {} },
  ]);
});

it('reads a message near the limit whole', async () => {
  const pad = 'x'.repeat((8 << 20) - 200);
  expect(await serve(line({ id: 1, method: 'ping', params: { pad } }))).toMatchObject([
    { id: 1, result: {} },
  ]);
});

it.each(['', OPENING + call])('refuses a message without end, in a sentence', async (before) => {
  const place = new Place();
  const server = place.start(['mcp'], { stdin: 'open' });
  // No newline, and stdin stays open.
  server.child.stdin!.on('error', () => {}).write(`${before}${'x'.repeat(9 << 20)}`);
  const { code, stderr } = await server.ended;
  expect({ code, stderr }).toEqual({ code: 2, stderr: 'session: A message has more than 8388608 bytes.\n' });
});

it('passes over five million blank lines in seconds', async () => {
  const startedAt = performance.now();
  expect(await serve(Buffer.concat([Buffer.alloc(5_000_000, '\n'), Buffer.from(call)]))).toHaveLength(1);
  expect(performance.now() - startedAt).toBeLessThan(12_000);
});

it('answers many calls at once, each once, without a word on stderr', async () => {
  const calls = Array.from({ length: 200 }, (_, n) => call.replace('"id":3', `"id":${n + 3}`));
  const answers = await serve(OPENING + calls.join(''));
  expect(answers.map(({ id }) => id)).toEqual(Array.from({ length: 203 }, (_, n) => n));
});

it('ends quietly when nobody reads its answers', async () => {
  const server = new Place().start(['mcp'], { stdin: 'open' });
  server.child.stdin!.on('error', () => {}).write(OPENING);
  await server.says('"id":2');
  server.child.stdout!.destroy();
  server.child.stdin!.write(call);
  const { code, stderr } = await server.ended;
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
});

it.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('ends at once and in order on %s', async (signal, status) => {
  const place = new Place().makeHome();
  const server = place.start(['mcp'], { stdin: 'open' });
  server.child.stdin!.write(OPENING);
  await server.says('"id":2');
  const { code, stderr } = await server.kill(signal).ended;
  expect({ code, stderr }).toEqual({ code: status, stderr: '' });
  const cache = path.join(place.home, 'cache');
  expect(existsSync(cache) && (readdirSync(cache, { recursive: true }) as string[]).length).toBeGreaterThan(
    1,
  );
});
