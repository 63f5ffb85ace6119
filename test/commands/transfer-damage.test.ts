import { describe, expect, it } from 'vitest';
import { addConversation, withStore } from '../support/conversations.ts';
import { makeWorkplace } from '../support/run-command.ts';
import type { Workplace } from '../support/run-command.ts';
import { ask, callOf, chain, other, result, say, SESSION, toText } from '../support/transcripts.ts';
import type { Line } from '../support/transcripts.ts';

const DEEP = 'a deep value';
const VALUES = [null, 7, -1, 1.5, 1e300, true, '', 'x', [], [null], {}, { a: 1 }, '\0', DEEP];

/** Copies of a record in each of which one value, at whatever depth, is another one or missing. */
function* damage(record: object): Generator<object> {
  for (const [key, value] of Object.entries(record)) {
    const put = (changed: unknown): object =>
      Array.isArray(record)
        ? record.map((each: unknown, n) => (String(n) === key ? changed : each))
        : { ...record, [key]: changed };
    for (const wrong of [...VALUES, undefined]) yield put(wrong);
    if (typeof value === 'object' && value !== null) for (const inner of damage(value)) yield put(inner);
  }
}

const write = (lines: readonly object[]): string =>
  toText(lines as Line[])
    .replaceAll(JSON.stringify(DEEP), '['.repeat(20_000) + ']'.repeat(20_000))
    .replaceAll('1e+300', '1e999');

/** Imports some lines and then looks at all that is there. */
async function survive(place: Workplace, stdin: string): Promise<number> {
  const { status, stderr } = await place.run(['import', '-'], { stdin });
  expect(stderr).not.toMatch(/internal/i);
  expect([0, 1, 2]).toContain(status);
  const { stdout } = await place.run(['export', '--all']);
  for (const line of stdout.trim().split('\n')) expect(JSON.parse(line)).toBeTypeOf('object');
  expect((await place.run(['stats', '--json'])).status).toBe(0);
  expect((await place.run(['list', '--json'])).status).toBe(0);
  return status;
}

describe('damaged lines', () => {
  const line = { parentUuid: 'a', toolUseResult: { x: 1 }, isMeta: false, costUSD: 0.5, requestId: 'r' };
  it.each<[string, Line]>([
    [
      'the user',
      ask(
        'x',
        2,
        [
          { type: 'text', text: 'Well?' },
          { type: 'image', source: {} },
        ],
        line,
      ),
    ],
    ['a result', result('x', 2, 't', [{ type: 'text', text: 'ok' }], line)],
    ['the agent', say('x', 2, [{ type: 'text', text: 'Hm' }, callOf('u')], line)],
    [
      'a queued message',
      other('x', 2, { type: 'attachment', attachment: { type: 'queued_command', prompt: 'And?' } }),
    ],
    ['a title', { type: 'custom-title', customTitle: 'title', sessionId: SESSION }],
    ['a summary', { type: 'summary', summary: 'summary', leafUuid: 'a' }],
  ])('of a transcript, of %s, are told, and the others taken', async (_what, record) => {
    const [begin, end] = [
      [ask('a', 0, 'Begin'), say('b', 1, [callOf('t')])],
      [ask('y', 8, 'More'), say('z', 9, 'End')],
    ];
    const wrong = [...damage(record)] as Line[];
    const place = makeWorkplace();
    await survive(
      place,
      write([
        ...chain(...begin),
        ...wrong,
        ...chain(...end).map((each) => ({ ...each, parentUuid: each['parentUuid'] ?? 'b' })),
      ]),
    );
    const history = JSON.parse(
      (await place.run(['history', SESSION.slice(0, 8), '--json', '-n', '999'])).stdout,
    ) as Line[];
    const said = history.map(({ content }) => content);
    expect(said[0]).toBe('Begin');
    expect(said.slice(-2)).toEqual(['More', 'End']);
  });

  it('of an export are told, and what is left can be read', { timeout: 60_000 }, async () => {
    const place = makeWorkplace();
    await withStore(place.paths.store, async (store) => {
      await addConversation(store, { id: 'aaaa0001', root: place.root, tags: { a: 'b' } }, [
        {
          asked: 'Q',
          answered: ['A'],
          end: {
            toolCalls: [
              {
                id: 't',
                name: 'Bash',
                input: { a: 1 },
                result: 'r',
                isError: false,
                denied: false,
                textOffset: 0,
              },
            ],
            permissionDenials: [{ tool_name: 'Bash', tool_use_id: 't', tool_input: {} }],
          },
        },
      ]);
    });
    const records = (await place.run(['export', '--all'])).stdout
      .trim()
      .split('\n')
      .map((text) => JSON.parse(text) as object);
    const all = records.slice(1).flatMap((record, n) => {
      const context = records.slice(0, n + 1);
      return [...damage(record)].map((wrong) => [...context, wrong, ...records.slice(n + 2)]);
    });
    const second = makeWorkplace();
    let bad = 0;
    // Every so many, since each is an import of its own; over all kinds of records and values.
    for (let n = 0; n < all.length; n += 23) if ((await survive(second, write(all[n]!))) !== 0) bad++;
    expect(bad).toBeGreaterThan(5);
  });
});
