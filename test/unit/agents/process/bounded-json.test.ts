import { describe, expect, test } from 'vitest';
import { MAX_DEPTH, parseBoundedJson } from '../../../../src/agents/process/bounded-json.ts';
import { parseLine } from '../../../../src/agents/claude/stream.ts';
import { line } from '../../../support/turn-log.ts';

const nested = (depth: number, inside = '1') => '['.repeat(depth) + inside + ']'.repeat(depth);

describe('JSON of any depth', () => {
  test.each([
    '1',
    'null',
    '"[[["',
    String.raw`"\\\"[[[["`,
    '{"a":[{},[],"]"]}',
    '[]',
    nested(MAX_DEPTH),
    `[${nested(MAX_DEPTH - 1)},${nested(MAX_DEPTH - 1)}]`,
  ])('is what JSON.parse makes of it, up to the limit (%#)', (json) => {
    expect(parseBoundedJson(json)).toEqual(JSON.parse(json));
  });

  test.each([1, 5000, 50_000, 500_000])('is text beyond the limit (by %i)', (beyond) => {
    const deep = nested(beyond, '"]\\"",{"a":[2]}');
    const value = parseBoundedJson(`[0,${nested(MAX_DEPTH - 1, `${deep},"next",${deep}`)},3]`);
    let inner = (value as unknown[])[1];
    for (let depth = 1; depth < MAX_DEPTH - 1; depth++) inner = (inner as unknown[])[0];
    expect(inner).toEqual([deep, 'next', deep]);
    expect(JSON.stringify(value)).toContain('"next"');
  });

  test.each(['', '[', ']', '}]', '{"a":', '"', nested(5000).slice(1), nested(5000).slice(0, -1), '[1}'])(
    'is nothing where it is none (%#)',
    (text) => {
      expect(parseBoundedJson(text)).toBeUndefined();
    },
  );
});

test.each([300, 5000, 500_000])(
  'a tool called with values nested %i deep is a call like any other',
  (depth) => {
    const json = JSON.stringify(line.toolCall('a', 'T', 'DEEP')).replace('"DEEP"', `{"x":${nested(depth)}}`);
    const [call] = parseLine(json);
    expect(call).toMatchObject({ type: 'tool_call', name: 'T' });
    expect(JSON.stringify(call).length).toBeGreaterThan(2 * depth);
  },
);
