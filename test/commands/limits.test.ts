import { describe, expect, test } from 'vitest';
import { Place, parseLines } from '../support/run.ts';

describe('--max-turns', () => {
  test('ends a turn that makes more model calls, with 7 and what was said', async () => {
    const place = new Place();
    const id = await place.newSession('--mode', 'power');
    const { code, stdout } = await place.run([
      'send',
      id,
      'say one\nloop 5\nsay end',
      '--max-turns',
      '2',
      '--ndjson',
    ]);
    expect(code).toBe(7);
    const records = parseLines(stdout);
    expect(records.at(-2)).toMatchObject({
      type: 'error',
      code: 'TURN_LIMIT',
      hint: expect.stringContaining('--max-turns'),
    });
    expect(records.at(-1)).toMatchObject({ type: 'done', status: 'limit', text: 'one', exit_code: 7 });
    expect((await place.history(id))[1]).toMatchObject({ status: 'limit', content: 'one' });
    await place.must('send', id, 'say on', '--max-turns', '1');
  });

  test('may come from the settings, and the flag wins', async () => {
    const place = new Place();
    place.env['CLAUDE_SESSION_MAX_TURNS'] = '1';
    const id = await place.newSession('--mode', 'power');
    expect((await place.run(['send', id, 'loop 3'])).code).toBe(7);
    expect((await place.run(['send', id, 'loop 3', '--max-turns', '9'])).code).toBe(0);
  });
});

describe('budgets', () => {
  test('--max-budget-usd ends a turn that costs more with 7', async () => {
    const place = new Place();
    const id = await place.newSession('--mode', 'power');
    const script = 'usage 10 10 0.30\nbash true\nusage 10 10 0.30\nbash true\nusage 10 10 0.30\nsay end';
    const { code, stdout } = await place.run(['send', id, script, '--max-budget-usd', '0.50', '--ndjson']);
    expect(code).toBe(7);
    expect(parseLines(stdout).at(-1)).toMatchObject({ status: 'limit', exit_code: 7 });
    expect(parseLines(stdout).at(-2)).toMatchObject({ code: 'BUDGET_EXCEEDED' });
  });

  test('--budget-usd counts over all turns; a turn that would start over it is refused with 7 and not stored', async () => {
    const place = new Place();
    const id = await place.newSession('--budget-usd', '1');
    for (const [turn, spent] of [0.4, 0.8].entries()) {
      const { stdout } = await place.run(['send', id, 'usage 10 10 0.40\nsay paid', '--json']);
      const { cost_usd, session_cost_usd } = JSON.parse(stdout);
      expect([turn, cost_usd, session_cost_usd]).toEqual([turn, expect.closeTo(0.4), expect.closeTo(spent)]);
    }
    // What is left is what the agent may spend: it notices when it has.
    const last = await place.run(['send', id, 'usage 10 10 0.40\nsay paid', '--ndjson']);
    expect(last.code).toBe(7);
    const refused = await place.run(['send', id, 'say more', '--ndjson']);
    expect(refused.code).toBe(7);
    expect(parseLines(refused.stdout)).toEqual([
      expect.objectContaining({ type: 'error', code: 'BUDGET_EXCEEDED', exit_status: 7 }),
    ]);
    expect(await place.show(id)).toMatchObject({
      turn_count: 3,
      cost_usd: expect.closeTo(1.2),
      budget_usd: 1,
    });
  });

  test('a turn that waits is refused when the one before it has spent the rest', async () => {
    const place = new Place();
    const id = await place.newSession('--budget-usd', '1');
    const first = place.start(['send', id, 'say begun\nsleep 2s\nusage 10 10 1.50', '--ndjson']);
    await first.says('begun');
    const second = await place.run(['send', id, 'say more']);
    expect(second).toMatchObject({ code: 7, stdout: '', stderr: expect.stringContaining('budget') });
    expect(await place.show(id)).toMatchObject({ cost_usd: expect.closeTo(1.5) });
    await place.expectNothingLeft();
  });
});

describe('retries', () => {
  test('are told as status records, and the answer follows', async () => {
    const place = new Place();
    const id = await place.newSession();
    const { code, stdout } = await place.run(['send', id, 'retry 2\nsay at last', '--ndjson']);
    expect(code).toBe(0);
    const told = parseLines(stdout).filter(({ type, status }) => type === 'status' && status === 'retrying');
    expect(told).toHaveLength(2);
    expect(told[0]).toMatchObject({ attempt: 1, max_retries: 10, error_status: 429 });
    const { stderr } = await place.run(['send', id, 'retry 2\nsay at last']);
    expect(stderr).toContain('The agent tries again, attempt 2 of 10.');
    expect((await place.run(['send', id, 'retry 2\nsay at last', '-q'])).stderr).toBe('');
  });

  test.each([0, 2])('are at most --max-retries (%i)', async (most) => {
    const place = new Place();
    const id = await place.newSession();
    const { code, stdout } = await place.run([
      'send',
      id,
      'fail 529',
      '--max-retries',
      String(most),
      '--ndjson',
    ]);
    expect(code).toBe(10);
    const told = parseLines(stdout).filter(({ status }) => status === 'retrying');
    expect(told).toHaveLength(most);
  });

  test('a bad key is status 8 with what to do', async () => {
    const place = new Place();
    const id = await place.newSession();
    const { code, stderr } = await place.run(['send', id, 'fail 401', '--max-retries', '0']);
    expect(code).toBe(8);
    expect(stderr).toContain('ANTHROPIC_API_KEY');
  });
});

describe('a bad value is a usage error before anything is made', () => {
  test.each([
    ['--max-turns', '0'],
    ['--max-turns', '-1'],
    ['--max-turns', '1.5'],
    ['--max-turns', 'many'],
    ['--max-budget-usd', '0'],
    ['--max-budget-usd', '-1'],
    ['--max-budget-usd', '1e3'],
    ['--max-budget-usd', 'NaN'],
    ['--max-budget-usd', '$5'],
    ['--max-retries', '-1'],
    ['--max-retries', 'x'],
    ['--timeout', '10'],
    ['--timeout', 'soon'],
    ['--timeout', '-5s'],
    ['--stall-timeout', '1 m'],
    ['--wait', 'forever'],
    ['--idle', '1y'],
  ])('%s %s', async (flag, value) => {
    const place = new Place();
    // An option that looks like one has to be written in one word.
    const given = value.startsWith('-') ? [`${flag}=${value}`] : [flag, value];
    const { code, stdout, stderr } = await place.run(['send', '@new', 'say hello', ...given]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(flag);
    expect(stderr).not.toContain('    at ');
    expect((await place.must('list', '--json')).trim()).toBe('[]');
  });
});
