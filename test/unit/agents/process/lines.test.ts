import { Buffer } from 'node:buffer';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseBoundedJson } from '../../../../src/agents/process/bounded-json.ts';
import { LineElider } from '../../../../src/agents/process/elide.ts';
import { ElidedText } from '../../../../src/agents/process/elided-text.ts';
import { readClaude } from '../../../support/claude-answer.ts';
import { readJsonString } from '../../../../src/agents/process/json-string.ts';
import { type LogLine, LONG_LINE_BYTES, LineSplitter } from '../../../../src/agents/process/lines.ts';
import { parseLine } from '../../../../src/agents/claude/stream.ts';
import { rechunk } from '../../../../src/agents/process/rechunk.ts';
import { Random } from '../../../support/random.ts';
import { line as says, makeScratch } from '../../../support/turn-log.ts';

const MIB = 1 << 20;

function split(bytes: Buffer, pieces: Iterable<Buffer>, offset = 0): LogLine[] {
  const splitter = new LineSplitter(offset);
  const lines: LogLine[] = [];
  // One buffer is reused for all pieces, as a reader does it.
  const shared = Buffer.alloc(bytes.length);
  for (const piece of pieces) {
    piece.copy(shared);
    lines.push(...splitter.push(shared.subarray(0, piece.length)));
  }
  return [...lines, ...splitter.finish()];
}

describe('lines', () => {
  test.each(Array.from({ length: 30 }, (_, seed) => seed))('survive any cutting (seed %i)', (seed) => {
    const random = new Random(seed);
    const texts = Array.from({ length: 40 }, () => JSON.stringify(random.text(random.below(30))));
    const bytes = Buffer.from(`${texts.join('\n')}${random.pick(['', '\n'])}`);
    const lines = split(bytes, random.cut(bytes, random.pick([1, 3, 50, 4000])), 1000);
    expect(lines.map((line) => line.text)).toEqual(texts);
    for (const { text, start, end } of lines) {
      expect(bytes.toString('utf8', start - 1000, end - 1000).replace(/\n$/, '')).toBe(text);
    }
  });

  test('empty ones count', () => {
    const bytes = Buffer.from('\n\na\n\n');
    expect(split(bytes, [bytes])).toEqual([
      { text: '', start: 0, end: 1 },
      { text: '', start: 1, end: 2 },
      { text: 'a', start: 2, end: 4 },
      { text: '', start: 4, end: 5 },
    ]);
  });
});

describe('a very long line', () => {
  /** Short and long strings, keys and numbers, nested; the long ones just around the limit and far beyond. */
  function makeDocument(random: Random): unknown {
    const long = () => random.text(8).repeat(random.pick([MIB / 8 - 200, MIB / 4, MIB / 2]));
    const values = [1, null, true, { a: [random.text(20)] }, random.text(50), '\\', '"', long(), long()];
    const document: Record<string, unknown> = { pad: 'p'.repeat(2 * LONG_LINE_BYTES) };
    for (let n = 0; n < 8; n++) document[`k${n}${random.text(2)}`] = random.pick(values);
    return document;
  }

  test.each([1, 2, 3])('keeps everything but its long strings (seed %i)', (seed) => {
    const random = new Random(seed);
    const document = makeDocument(random);
    const json = JSON.stringify(document);
    const bytes = Buffer.from(`first\n${json}\nlast`);
    const path = join(makeScratch(), 'log');
    writeFileSync(path, bytes);
    const [first, line, last] = split(bytes, random.cut(bytes, random.pick([5000, 300_000, MIB])));
    expect([first?.text, last?.text]).toEqual(['first', 'last']);
    expect(line?.text.length).toBeLessThan(json.length - LONG_LINE_BYTES + 100);
    expect([line?.start, line?.end]).toEqual([6, 7 + Buffer.byteLength(json)]);
    expect(restore(path, parseBoundedJson(line?.text ?? ''))).toEqual(document);
  });

  /** Puts back what was left out, from where the markers say it is. */
  function restore(path: string, value: unknown): unknown {
    if (value instanceof ElidedText) {
      const text = [...readJsonString(path, value)].join('');
      expect(value.length).toBe(text.length);
      expect(value.end - value.start).toBeGreaterThan(MIB);
      return text;
    }
    if (Array.isArray(value)) return value.map((item) => restore(path, item));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, restore(path, item)]));
  }

  test.each([
    ['of many short strings', Buffer.alloc(9 * MIB, 'ab","')],
    ['of lists', Buffer.alloc(9 * MIB, '",[[1]],"')],
  ])('%s is left out when it is beyond all measure, which is told', (_, body) => {
    const bytes = Buffer.concat([Buffer.from('["'), body, Buffer.from('"]\nnext\n')]);
    const [line, next] = split(bytes, new Random(1).cut(bytes, MIB));
    const status = `a line of ${9 * MIB + 4} bytes was left out`;
    expect(parseLine(line?.text ?? '')).toEqual([{ type: 'status', status, detail: {} }]);
    expect(next?.text).toBe('next');
  });

  test('keeps what a tool is called with, whatever it looks like', () => {
    const long = 'k'.repeat(2 * MIB);
    const input = { '\u0000elided': [7, 0, 1], [long]: 1, deep: { list: [{ text: long }] }, pad: long };
    const bytes = Buffer.from(`${JSON.stringify(says.toolCall('a', 'T', input))}\n`);
    const [read] = split(bytes, new Random(1).cut(bytes, 300_000));
    const words = `[${2 * MIB} characters left out]`;
    expect(parseLine(read?.text ?? '')).toMatchObject([
      {
        type: 'tool_call',
        input: { '\u0000elided': [7, 0, 1], [words]: 1, deep: { list: [{ text: words }] }, pad: words },
      },
    ]);
  });

  test('tells of a long string that is too deep to keep as a value', () => {
    const long = 'k'.repeat(5 * MIB);
    const json = JSON.stringify(says.toolCall('a', 'T', 0)).replace(
      '"input":0',
      `"input":${'['.repeat(5000)}"${long}"${']'.repeat(5000)}`,
    );
    const bytes = Buffer.from(`${json}\n`);
    const [read] = split(bytes, new Random(1).cut(bytes, 300_000));
    const [call] = parseLine(read?.text ?? '');
    expect(JSON.stringify(call)).toContain(`[${5 * MIB} characters left out]`);
    expect(JSON.stringify(call)).not.toContain('elided');
  });

  test('of which a string is no JSON is read as it is', () => {
    const body = `${'x'.repeat(5 * MIB)}\u0001\\q\\u00zz\\n`;
    const path = join(makeScratch(), 'log');
    writeFileSync(path, `{"type":"assistant","message":{"content":[{"type":"text","text":"${body}"}]}}\n`);
    const answer = [...readClaude(path, { start: 0 }).pieces()].join('');
    expect(answer.slice(5 * MIB)).toBe('\u0001\\q\\u00zz\n');
  });

  test.each([
    ['one long string', '"'.padEnd(MIB, 'x'), 'x'.repeat(MIB)],
    ['many short ones', '"'.padEnd(MIB, 'ab","'), 'ab","'.repeat(MIB / 4)],
  ])('is not held in memory: %s', (_, first, next) => {
    const elider = new LineElider(0);
    const before = process.memoryUsage().arrayBuffers;
    elider.push(Buffer.from(first));
    const piece = Buffer.from(next);
    for (let n = 0; n < 200; n++) elider.push(piece);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(20 * MIB);
    elider.finish();
  });

  test('that is cut off is no valid line', () => {
    const bytes = Buffer.from(`{"text":"${'x'.repeat(2 * LONG_LINE_BYTES)}`);
    const [line] = split(bytes, [bytes]);
    expect(() => JSON.parse(line?.text ?? '')).toThrow(SyntaxError);
  });
});

describe('pieces of a long string', () => {
  test.each([1, 2, 3, 4])('never split a character (seed %i)', (seed) => {
    const random = new Random(seed);
    const text = `${'x'.repeat(random.below(13))}${random.text(200_000)}`;
    // Some writers escape everything beyond ASCII.
    const escaped = JSON.stringify(text).replace(
      /[^ -~]/g,
      (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
    for (const json of [JSON.stringify(text), escaped]) {
      const path = join(makeScratch(), 'log');
      writeFileSync(path, json);
      const pieces = [...readJsonString(path, { start: 1, end: Buffer.byteLength(json) - 1 })];
      expect(pieces.join('')).toBe(text);
      expect(pieces.length).toBeGreaterThan(2);
    }
  });

  test.each([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])(
    'never split an escaped pair (shifted by %i)',
    (shift) => {
      const body = 'x'.repeat(shift) + '\\ud83d\\ude00'.repeat(40_000);
      const path = join(makeScratch(), 'log');
      writeFileSync(path, body);
      for (const piece of readJsonString(path, { start: 0, end: body.length }))
        expect(piece).toMatch(/^x*(😀)+$/u);
    },
  );

  test.each([1, 2, 3])('are made even, and never end inside a pair (seed %i)', (seed) => {
    const random = new Random(seed);
    const texts = Array.from(
      { length: 200 },
      () => '🙂'.repeat(random.below(9000)) + random.pick(['', 'x', '\ud83d']),
    );
    const pieces = [...rechunk(texts)];
    expect(pieces.join('')).toBe(texts.join(''));
    for (const piece of pieces.slice(0, -1)) {
      expect(piece.length).toBeGreaterThan(200_000);
      expect(piece.length).toBeLessThanOrEqual(256 * 1024);
      expect(piece).not.toMatch(/[\ud800-\udbff]$/);
    }
  });

  test('of nothing there are none', () => {
    expect([...rechunk(['', ''])]).toEqual([]);
  });
});
