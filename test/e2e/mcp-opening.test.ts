import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { SUPPORTED_PROTOCOL_VERSIONS } from '@modelcontextprotocol/server';
import { expect, it } from 'vitest';
import { PROGRAM, Place } from '../support/run.ts';

const DIST = path.join(path.dirname(PROGRAM), '../dist');

interface Answer {
  id: unknown;
  result?: unknown;
  error?: unknown;
}

const line = (message: object): string => `${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`;

function opening(protocolVersion: string): string {
  const clientInfo = { name: 'test', version: '1' };
  return [
    line({ id: 0, method: 'initialize', params: { protocolVersion, capabilities: {}, clientInfo } }),
    line({ method: 'notifications/initialized' }),
    line({ id: 1, method: 'tools/list' }),
    line({ id: 2, method: 'ping' }),
  ].join('');
}

const call = line({ id: 3, method: 'tools/call', params: { name: 'list_studies', arguments: {} } });

async function serve(stdin: string): Promise<Answer[]> {
  const place = new Place();
  const { code, stdout, stderr } = await place.run(['mcp'], { stdin });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout
    .split('\n')
    .filter(Boolean)
    .map((each) => JSON.parse(each) as Answer);
}

const byId = (answers: Answer[]): Answer[] =>
  answers.toSorted((a, b) => String(a.id).localeCompare(String(b.id)));

it.each(SUPPORTED_PROTOCOL_VERSIONS)(
  "answers the first questions of a client of %s as the protocol's library does",
  async (version) => {
    const recorded = await serve(opening(version));
    // With a question that has no recorded answer in front, the library answers them all.
    const [odd, ...answered] = byId(await serve(line({ id: -1, method: 'nosuch' }) + opening(version)));
    expect(odd).toMatchObject({ id: -1, error: { code: -32601 } });
    expect(byId(recorded)).toEqual(answered);
    expect(recorded).toHaveLength(3);
  },
);

it('answers every request once when a call follows, also one that is under way when stdin ends', async () => {
  const answers = await serve(opening('2025-11-25') + call);
  expect(answers.map(({ id }) => id)).toEqual([0, 1, 2, 3]);
  expect(answers[3]).toMatchObject({
    result: { content: [{ type: 'text', text: 'There are no studies below studies/.' }] },
  });
});

it("does without the protocol's library until it is needed", () => {
  const place = new Place();
  const copy = path.join(place.root, 'dist');
  cpSync(DIST, copy, { recursive: true });
  rmSync(path.join(copy, 'lib-mcp-server.cjs'));
  const said = execFileSync(process.execPath, [path.join(copy, 'launcher.cjs'), 'mcp'], {
    env: place.env,
    input: opening('2025-11-25'),
    encoding: 'utf8',
  });
  expect(said.match(/"id":\d/g)).toEqual(['"id":0', '"id":1', '"id":2']);
});

it('refuses a message without end, in a sentence', async () => {
  const place = new Place();
  for (const before of ['', opening('2025-11-25') + call]) {
    const stdin = `${before}${'x'.repeat(9 << 20)}\n${call}`;
    const { code, stderr } = await place.run(['mcp'], { stdin });
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: 'session: A message has more than 8388608 bytes.\n',
    });
  }
});

it('answers many calls at once, each once, without a word on stderr', async () => {
  const calls = Array.from({ length: 200 }, (_, n) => call.replace('"id":3', `"id":${n + 3}`));
  const answers = await serve(opening('2025-11-25') + calls.join(''));
  expect(answers.map(({ id }) => Number(id)).toSorted((a, b) => a - b)).toEqual(
    Array.from({ length: 203 }, (_, n) => n),
  );
});

it.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('ends at once and in order on %s', async (signal, status) => {
  const place = new Place().makeHome();
  const server = place.start(['mcp'], { stdin: 'open' });
  server.child.stdin!.write(opening('2025-11-25'));
  await server.says('"id":2');
  const { code, stderr } = await server.kill(signal).ended;
  expect({ code, stderr }).toEqual({ code: status, stderr: '' });
  const cache = path.join(place.home, 'cache');
  expect(existsSync(cache) && (readdirSync(cache, { recursive: true }) as string[]).length).toBeGreaterThan(
    1,
  );
});
