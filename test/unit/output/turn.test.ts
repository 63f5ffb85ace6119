import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { RECORDS } from '../../../src/model/records.ts';
import { printTurn } from '../../../src/output/turn.ts';
import type { TurnEnding, TurnOutputs } from '../../../src/output/turn.ts';
import type { Format } from '../../../src/output/format.ts';
import { printed } from './support.ts';
import { discard, done, failure, start, status, text, toolCall, toolResult, turn } from './turn-builder.ts';

async function print(
  records: TurnOutputs,
  format: Format,
  options: { isTTY?: boolean; isQuiet?: boolean; isStreamed?: boolean; columns?: number } = {},
) {
  let ending: TurnEnding | undefined;
  const out = await printed(
    async (place) => {
      ending = await printTurn(records, { isQuiet: false, ...options, ...place }, options);
    },
    { format, ...options },
  );
  return { ...out, ending };
}

describe('ndjson', () => {
  it('is a line a record, each of its schema, with the text in the right places', async () => {
    const { stdout, stderr, ending } = await print(
      turn(
        start(),
        [text('a "quoted" '), text('line\n')],
        toolCall('Read', { file_path: '/x' }),
        toolResult('ok'),
        status('retrying', { attempt: 2 }),
        discard(1),
        done(['a "quoted" ', 'line\n']),
      ),
      'ndjson',
    );
    const records = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: keyof typeof RECORDS });
    for (const record of records) expect(v.safeParse(RECORDS[record.type], record).issues).toBeUndefined();
    expect(records.map(({ type }) => type)).toEqual([
      'start',
      'text',
      'text',
      'tool_call',
      'tool_result',
      'status',
      'discard',
      'done',
    ]);
    expect(records[1]).toEqual({ type: 'text', session_id: '0badcafe', turn_id: 7, content: 'a "quoted" ' });
    expect(records.at(-1)).toMatchObject({ text: 'a "quoted" line\n' });
    expect(stderr).toBe('');
    expect(ending?.done).toMatchObject({ status: 'completed', cost_usd: 0.25 });
    expect(ending?.done).not.toHaveProperty('text');
  });

  it('keeps the ids apart where they change', async () => {
    const { stdout } = await print(turn(text('a'), { ...text('b'), turn_id: 8 } as never), 'ndjson');
    expect(stdout).toMatch(/"turn_id":7.*\n.*"turn_id":8/);
  });

  it('ends quietly for a reader that left, and still sees the turn through', async () => {
    const { ending } = await print(
      (async function* () {
        yield text('x');
        yield done('x');
      })(),
      'ndjson',
    );
    expect(ending?.done?.status).toBe('completed');
  });
});

describe('json', () => {
  it('is one document: done, with start and error inside', async () => {
    const { stdout } = await print(
      turn(start(), text('half'), failure(), done('half', { status: 'timed_out' })),
      'json',
    );
    const document: unknown = JSON.parse(stdout);
    expect(v.safeParse(RECORDS.turn_document, document).issues).toBeUndefined();
    expect(document).toMatchObject({
      type: 'done',
      status: 'timed_out',
      text: 'half',
      start: { model: 'mock-1' },
      error: { code: 'TIMEOUT' },
    });
    expect(stdout.endsWith('}\n')).toBe(true);
  });

  it('prints nothing when the records break off before the end, which leaves the document to the failure', async () => {
    async function* breaking() {
      yield start();
      throw new Error('gone');
    }
    const { stdout } = await printed(
      (place) => expect(printTurn(breaking(), { isQuiet: false, ...place })).rejects.toThrow('gone'),
      { format: 'json' },
    );
    expect(stdout).toBe('');
  });
});

describe('text', () => {
  it.each([
    [[text('one '), text('two')], 'one two\n'],
    [[text('one\n')], 'one\n'],
    [[text('one\n'), text('\n'), text('\n')], 'one\n'],
    [[text('one\n'), text('\ntwo')], 'one\n\ntwo\n'],
    [[text('\n\n')], '\n'],
    [[], ''],
  ])('%j is %j: one newline at the end', async (records, expected) => {
    const { stdout, stderr } = await print(turn(start(), ...records, done('whatever')), 'text');
    expect({ stdout, stderr }).toEqual({ stdout: expected, stderr: '' });
  });

  it('tells tool calls on stderr, a line each', async () => {
    const { stdout, stderr } = await print(
      turn(
        toolCall('Bash', { command: 'python3 run.py\n--all', timeout: 5 }),
        toolResult('no', { denied: true, is_error: true }),
        toolCall('mcp__x__y', { n: 1 }),
        toolResult('bad\nthings', { is_error: true }),
        toolCall('List', {}),
        toolResult('fine'),
        text('hi'),
        done('hi'),
      ),
      'text',
    );
    expect(stdout).toBe('hi\n');
    expect(stderr).toBe(
      '→ Bash python3 run.py --all\n  denied: no\n→ mcp__x__y {"n":1}\n  failed: bad things\n→ List\n',
    );
  });

  it('is quiet with -q but for errors', async () => {
    const { stderr } = await print(
      turn(toolCall('Bash', {}), status('retrying', {}), failure({ hint: 'Try --timeout.' }), done('')),
      'text',
      { isQuiet: true },
    );
    expect(stderr).toBe('session: The turn ran out of time.\nTry --timeout.\n');
  });

  it('says that text was superseded, and prints what is true on a new line', async () => {
    const { stdout, stderr } = await print(
      turn(text('one two '), discard(1), text('second try'), done('second try')),
      'text',
    );
    expect(stdout).toBe('one two \nsecond try\n');
    expect(stderr).toMatch(/^session: The agent started this part over: .* --no-stream /);
  });

  it('prints only what stands, at the end, when not streaming', async () => {
    const { stdout, stderr } = await print(
      turn(text('one two '), discard(1), text('second try'), done(['second ', 'try\n'])),
      'text',
      { isStreamed: false },
    );
    expect({ stdout, stderr }).toEqual({ stdout: 'second try\n', stderr: '' });
  });

  it('tells a retry', async () => {
    const { stderr } = await print(
      turn(
        status('retrying', { attempt: 2, max_retries: 10, error_status: 529, error: 'overloaded' }),
        done(''),
      ),
      'text',
    );
    expect(stderr).toBe(
      'A call of the API failed (529 overloaded). The agent tries again, attempt 2 of 10.\n',
    );
  });

  it('keeps an answer from commanding a terminal, and leaves it alone in a pipe', async () => {
    const evil = '\u001B]0;owned\u0007\u001B[2Jhi';
    const onTerminal = await print(turn(text(evil), done(evil)), 'text', { isTTY: true });
    expect(onTerminal.stdout).toBe('␛]0;owned␇␛[2Jhi\n');
    expect((await print(turn(text(evil), done(evil)), 'text')).stdout).toBe(`${evil}\n`);
    const lines = await print(
      turn(toolCall('Bash\u001B[1m', { command: 'x\u001B[2J\r\u202E' }), done('')),
      'text',
    );
    expect(lines.stderr).toBe('→ Bash␛[1m x␛[2J <U+202E>\n');
  });

  it('does not glue a tool line to the answer on a terminal', async () => {
    const { stdout, stderr } = await print(
      turn(text('I look. '), toolCall('Read', {}), text('Done.'), done('')),
      'text',
      {
        isTTY: true,
        columns: 80,
      },
    );
    expect(stderr).toBe('\n→ Read\n');
    expect(stdout).toBe('I look. Done.\n');
  });
});
