import { describe, expect, it } from 'vitest';
import { renderNumber } from '../../../src/text/markdown.ts';
import { parsePythonJson, renderPythonJson } from '../../../src/studies/python-json.ts';

describe('JSON as Python writes it', () => {
  it.each<[string, unknown]>([
    ['1152921504606846976', 1152921504606846976n],
    ['[-9007199254740993, 9007199254740991]', [-9007199254740993n, 9007199254740991]],
    ['{"1152921504606846976": "1152921504606846976"}', { '1152921504606846976': '1152921504606846976' }],
    ['[1152921504606846976.5, 1e30, 0.12345678901234567890]', [2 ** 60, 1e30, 0.12345678901234568]],
    ['[NaN, Infinity, -Infinity, "NaN"]', [null, Infinity, -Infinity, 'NaN']],
    ['"a \\\\" ', 'a \\'],
    ['"\\" 1152921504606846976 [[{"', '" 1152921504606846976 [[{'],
  ])('%s', (text, value) => {
    expect(parsePythonJson(text)).toEqual(value);
  });

  it('is written with every number in full', () => {
    const value = { list: [1152921504606846977n, Infinity, -Infinity, 1.5, 'NaN'], text: '1 "2"' };
    const text = '{"list":[1152921504606846977,Infinity,-Infinity,1.5,"NaN"],"text":"1 \\"2\\""}';
    expect(renderPythonJson(value)).toBe(text);
    expect(parsePythonJson(text)).toEqual(value);
  });

  it('is refused when it is nested without end, and read in no time when it is large', () => {
    expect(parsePythonJson('['.repeat(100) + ']'.repeat(100))).toBeDefined();
    expect(() => parsePythonJson('['.repeat(101) + ']'.repeat(101))).toThrow('nested more than 100 deep');
    const large = `["${'x\\n'.repeat(1_000_000)}", ${'123456789012345678, '.repeat(50_000)}1]`;
    expect(parsePythonJson(large)).toHaveLength(50_002);
    expect(parsePythonJson('1'.repeat(4_000_000))).toBe(Infinity);
    for (const end of ['', '\\', 'x'])
      expect(() => parsePythonJson(`"${'\\"'.repeat(1_000_000)}${end}`)).toThrow();
  });
});

it.each<[number | bigint, string]>([
  [2 ** 60, '1152921504606846976'],
  [-(2 ** 53), '-9007199254740992'],
  [1152921504606846977n, '1152921504606846977'],
  [1e20, '100000000000000000000'],
  [1e21, '1e+21'],
  [0.1, '0.1'],
  [-0, '-0'],
  [Infinity, 'inf'],
])('the number %s is written as %s', (value, text) => {
  expect(renderNumber(value)).toBe(text);
});
