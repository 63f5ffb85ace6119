import { describe, expect, it } from 'vitest';
import { choosePalette, wantsColour } from '../../../src/output/colour.ts';
import { findFormat, resolveFormat } from '../../../src/output/format.ts';
import { renderMessages } from '../../../src/output/messages.ts';
import type { MessageOutput } from '../../../src/model/records.ts';
import { escapeJsonText, escapeLine, indentLines, neutralise, oneLine } from '../../../src/text/safe-text.ts';
import { wantsSpinner } from '../../../src/output/spinner.ts';
import { cutToWidth, renderTable, wrapToWidth } from '../../../src/output/table.ts';
import { Sheet, printed } from './support.ts';

describe('resolveFormat', () => {
  it.each([
    [[], 'text'],
    [['--json'], 'json'],
    [['send', 'x', '--ndjson'], 'ndjson'],
    [['-o', 'json'], 'json'],
    [['-ojson'], 'json'],
    [['--output=stream-json'], 'ndjson'],
    [['--output', 'ndjson', '--json'], 'json'],
    [['--json', '-o', 'text'], 'text'],
    [['--output', 'xml'], 'text'],
    [['--output'], 'text'],
    [['send', 'x', '--', '--json'], 'text'],
  ] as const)('%j is %s', (argv, expected) => expect(resolveFormat(argv)).toBe(expected));

  it('knows no other form', () => expect(findFormat('yaml')).toBeUndefined());
});

describe('colour', () => {
  it.each([
    [true, {}, true],
    [false, {}, false],
    [true, { NO_COLOR: '1' }, false],
    [true, { NO_COLOR: '' }, true],
    [true, { TERM: 'dumb' }, false],
    [false, { FORCE_COLOR: '1' }, true],
    [false, { FORCE_COLOR: '' }, true],
    [true, { FORCE_COLOR: '0' }, false],
    [true, { FORCE_COLOR: '1', NO_COLOR: '1' }, false],
  ])('terminal %s, %j: %s', (isTTY, env, expected) => {
    expect(wantsColour({ isTTY }, env)).toBe(expected);
    expect(choosePalette({ isTTY }, env).red('x')).toBe(expected ? '\u001B[31mx\u001B[39m' : 'x');
  });
});

it.each([
  [{ isTTY: true, columns: 0 }, {}, false, false],
  [{ isTTY: true, columns: 80 }, {}, false, true],
  [{ isTTY: true, columns: 80 }, { CI: 'false' }, false, true],
  [{}, {}, false, false],
  [{ isTTY: true, columns: 80 }, {}, true, false],
  [{ isTTY: true, columns: 80 }, { CI: 'true' }, false, false],
  [{ isTTY: true, columns: 80 }, { TERM: 'dumb' }, false, false],
])('a spinner turns only where it is seen: %j %j quiet %s → %s', (stream, env, isQuiet, expected) => {
  expect(wantsSpinner({ io: { stderr: new Sheet(stream), env }, isQuiet })).toBe(expected);
});

describe('safe text', () => {
  it('shows what would command the terminal', () => {
    expect(neutralise('a\tb\nc\r\nd\re\u001B[31m\u007F\u009B\u0000')).toBe('a\tb\nc\nd␍e␛[31m␡<U+009B>␀');
  });

  it.each([
    ['turned \u202Etxt.exe', 'turned <U+202E>txt.exe'],
    ['\u2066\u2069\u200E\u200F\u061C', '<U+2066><U+2069><U+200E><U+200F><U+061C>'],
    ['pass\u200Bword\u2060\uFEFF\u00AD\u3164', 'pass<U+200B>word<U+2060><U+FEFF><U+00AD><U+3164>'],
    ['pass\u200Dword', 'pass<U+200D>word'],
    ['line\u2028and\u2029page', 'line<U+2028>and<U+2029>page'],
    ['x\u{E0068}\u{E0069}\u{E0001}', 'x<U+E0068><U+E0069><U+E0001>'],
    ['a\uFE01\uFE02\u{E0101}', 'a\uFE01<U+FE02><U+E0101>'],
  ])('shows what is not seen: %j', (text, shown) => {
    expect(neutralise(text)).toBe(shown);
  });

  it.each([
    '日本語 🙂 é e\u0301 שלום مرحبا ไทย',
    '👨\u200D👩\u200D👧 ❤\uFE0F\u200D🔥 1\uFE0F\u20E3 🏴\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}',
    'می\u200Cخواهم क्\u200Dष 葛\u{E0100}',
  ])('leaves what languages and emoji need: %j', (text) => {
    expect(neutralise(text)).toBe(text);
    expect(escapeJsonText(JSON.stringify(text))).toBe(JSON.stringify(text));
  });

  it('puts foreign text on one line that reads forward', () => {
    expect(oneLine(' a\n\tb\u2028c\u202Ed\u0008 ')).toBe('a b c<U+202E>d␈');
    expect(escapeLine('a\nsession: b\r\n\u001B[2J')).toBe(String.raw`a\nsession: b\n␛[2J`);
    expect(indentLines('a\nsession: b')).toBe('a\n  session: b');
  });

  it('is escaped in JSON, which stays the same', () => {
    const text = 'a\u009B\u202E\u007F\u{E0041}\u200B🙂';
    const json = escapeJsonText(JSON.stringify({ text }));
    expect(json).toBe(String.raw`{"text":"a\u009b\u202e\u007f\udb40\udc41\u200b🙂"}`);
    expect(JSON.parse(json)).toEqual({ text });
  });
});

describe('tables', () => {
  const columns = [
    { header: 'ID' },
    { header: 'NAME', isFlexible: true },
    { header: 'COST', align: 'right' },
  ] as const;

  it('aligns by what a terminal shows, cuts nothing, and marks empty cells', () => {
    const rows = [
      ['0badcafe', '日本語の名前', '$1.00'],
      ['12345678', '', '$120.00'],
    ];
    expect(renderTable(columns, rows)).toBe(
      'ID        NAME             COST\n0badcafe  日本語の名前    $1.00\n12345678  -             $120.00\n',
    );
  });

  it('fits a terminal by cutting what may be cut', () => {
    const rows = [['0badcafe', 'x'.repeat(100), '$1.00']];
    const lines = renderTable(columns, rows, 40).trimEnd().split('\n');
    expect(lines[1]).toHaveLength(40);
    expect(lines[1]).toContain('…');
    expect(renderTable(columns, rows, 10).split('\n')[1]).toMatch(/^0badcafe {2}x{7}… {2}\$1\.00$/);
  });

  it('has only headers when empty', () => expect(renderTable(columns, [])).toBe('ID  NAME  COST\n'));

  it('lets no cell break a line or move the cursor', () => {
    expect(renderTable([{ header: 'A' }], [['x\n\u001B[2Jy']])).toBe('A\nx ␛[2Jy\n');
  });

  it.each([
    ['abcdef', 6, 'abcdef'],
    ['abcdefg', 6, 'abcde…'],
    ['日本語', 5, '日本…'],
    ['👩‍👩‍👧‍👦👩‍👩‍👧‍👦', 3, '👩‍👩‍👧‍👦…'],
  ])('cuts %s to %d', (words, width, expected) => expect(cutToWidth(words, width)).toBe(expected));

  it.each([
    ['one two three', 7, ['one two', 'three']],
    ['one two', 80, ['one two']],
    ['a /very/long/path b', 6, ['a', '/very/', 'long/p', 'ath b']],
    ['日本語', 5, ['日本', '語']],
    ['日本 x', 0, ['日', '本', 'x']],
    ['', 5, ['']],
  ])('wraps %j to %d', (words, width, expected) => expect(wrapToWidth(words, width)).toEqual(expected));

  it('leaves out columns by their rank before it cuts too much', () => {
    const ranked = [
      { header: 'ID' },
      { header: 'NAME', isFlexible: true, rank: 2 },
      { header: 'COST', rank: 1 },
    ];
    const rows = [['0badcafe', 'x'.repeat(20), '$1.00']];
    const headers = (width?: number): string => renderTable(ranked, rows, width).split('\n')[0]!;
    expect(headers()).toMatch(/^ID +NAME +COST$/);
    expect(headers(29)).toMatch(/^ID +NAME +COST$/);
    expect(headers(28)).toMatch(/^ID +NAME$/);
    expect(headers(21)).toBe('ID');
    expect(headers(1)).toBe('ID');
  });
});

describe('messages', () => {
  const message = (more: Partial<MessageOutput>): MessageOutput => ({
    id: 1,
    session_id: '0badcafe',
    turn_id: 1,
    role: 'user',
    content: 'hello',
    status: 'completed',
    files: [],
    tool_calls: [],
    output: null,
    cost_usd: 0,
    created_at: '2026-01-02T03:04:05.678Z',
    ...more,
  });
  const history = [
    message({}),
    message({
      role: 'assistant',
      status: 'timed_out',
      cost_usd: 0.0123,
      content: ['hi', ' there\n'],
      tool_calls: [
        { id: 't', name: 'Bash', input: { command: 'ls `x`' }, result: null, is_error: true, denied: true },
        { id: 'u', name: 'Read', input: {}, result: '', is_error: true, denied: false },
      ],
    }),
  ];

  it.each([[{ withTools: true }], [{ isMarkdown: true, withTools: true }], [{}]])(
    'reads well: %j',
    async (style) => {
      const { stdout } = await printed(({ printer }) =>
        printer.text(({ paint }) => renderMessages(history, { paint, ...style })),
      );
      expect(stdout).toMatchSnapshot();
    },
  );
});
