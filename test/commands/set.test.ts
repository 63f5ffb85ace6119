import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { Place, parseLines } from '../support/run.ts';

describe('set', () => {
  test('changes what new decides, each by its flag, and takes it away again', async () => {
    const place = new Place();
    const id = await place.newSession('--tag', 'old=1', '--tag', 'kept=2');
    const file = path.join(place.root, 'notes.txt');
    writeFileSync(file, 'the notes');
    const argv =
      `--name feature/login --model opus --budget-usd 5 --pin --warm --tag new=3 --untag old`.split(' ');
    await place.must('set', id, ...argv, '--system-prompt', 'Be brief.', '--context', file);
    expect(await place.show('feature/login')).toMatchObject({
      id,
      model: 'opus',
      budget_usd: 5,
      pinned: true,
      warm: true,
      tags: { kept: '2', new: '3' },
    });
    expect(await place.must('show', id, '--context')).toMatch(
      /the notes[^]*Be brief\.|Be brief\.[^]*the notes/u,
    );
    const clear = ['name', 'model', 'system-prompt', 'context', 'budget-usd'].flatMap((what) => [
      '--clear',
      what,
    ]);
    const printed = JSON.parse(await place.must('set', id, ...clear, '--no-pin', '--no-warm', '--json'));
    expect(printed).toMatchObject({
      id,
      name: null,
      model: null,
      budget_usd: null,
      pinned: false,
      warm: false,
    });
    expect(await place.must('show', id, '--context')).not.toContain('Be brief.');
  });

  test('changes what the agent is started with, of the session or of one turn', async () => {
    const place = new Place();
    const [one, two] = [path.join(place.root, 'one'), path.join(place.root, 'two')];
    mkdirSync(one);
    mkdirSync(two);
    const id = await place.newSession(
      '--effort',
      'low',
      '--fallback-model',
      'sonnet, haiku',
      '--add-dir',
      'one',
    );
    const argv = async (...given: string[]) => {
      const plan = JSON.parse(await place.must('send', id, 'hi', '--dry-run', '--json', ...given));
      const words = plan['argv'] as string[];
      const named = ['--model', '--effort', '--fallback-model', '--add-dir'];
      return words.flatMap((word, n) => (named.includes(word) ? [`${word} ${words[n + 1]}`] : []));
    };
    const of = await argv();
    expect(of).toEqual(['--effort low', '--fallback-model sonnet,haiku', `--add-dir ${one}`]);
    const own = ['--model', 'opus', '--effort', 'max', '--fallback-model', 'haiku', '--add-dir', 'two'];
    expect(await argv(...own)).toEqual([
      '--model opus',
      '--effort max',
      '--fallback-model haiku',
      `--add-dir ${one}`,
      `--add-dir ${two}`,
    ]);
    expect(await argv()).toEqual(of);
    await place.must('set', id, '--effort', 'high', '--add-dir', two);
    expect(await argv()).toEqual(['--effort high', '--fallback-model sonnet,haiku', `--add-dir ${two}`]);
    expect(await place.show(id)).toMatchObject({
      effort: 'high',
      fallback_model: 'sonnet,haiku',
      added_dirs: [two],
    });
    expect(await place.must('show', id)).toMatch(/agent: +mock \(high effort\)/u);
    const fork = (await place.must('fork', id)).trim();
    expect(await place.show(fork)).toMatchObject({ effort: 'high', added_dirs: [two] });
    await place.must(
      'set',
      id,
      ...['effort', 'fallback-model', 'add-dir'].flatMap((what) => ['--clear', what]),
    );
    expect(await argv()).toEqual([]);
  });

  test('starts a warm agent again where its command line is another one now', async () => {
    const place = new Place();
    const id = await place.newSession('--warm');
    const send = async (...args: string[]) =>
      parseLines((await place.run(['send', id, 'say hi', '--ndjson', ...args])).stdout)[0]!['continuity'];
    expect([await send(), await send()]).toEqual(['new', 'warm']);
    expect([await send('--effort', 'low'), await send('--effort', 'low')]).toEqual(['resume', 'warm']);
    expect([await send(), await send()]).toEqual(['resume', 'warm']);
    await place.must('set', id, '--effort', 'low');
    expect([await send(), await send()]).toEqual(['resume', 'warm']);
    await place.must('stop', id);
  });

  test('is on record, in order with switches of mode and study', async () => {
    const place = new Place();
    mkdirSync(path.join(place.root, 'studies', 'wing'), { recursive: true });
    const id = await place.newSession();
    const before = Date.now();
    await place.must('set', id, '--model', 'opus', '--tag', 'a=1', '--pin');
    await place.must('mode', id, 'power');
    await place.must('study', id, 'wing');
    await place.must('set', id, '--clear', 'model', '--model', 'opus').catch(() => {});
    await place.must('set', id, '--pin', '--system-prompt', 'a\u001b[2J '.repeat(100));
    const { changes, mode_switches: switches } = await place.show(id);
    const by = userInfo().username;
    expect(changes).toMatchObject([
      { session_id: id, what: 'model', from: null, to: 'opus', by },
      { what: 'pinned', from: false, to: true, by },
      { what: 'tags', from: {}, to: { a: '1' }, by },
      { what: 'mode', from: 'user', to: 'power', by },
      { what: 'study', from: null, to: 'wing', by },
      { what: 'system_prompt', from: null, by },
    ]);
    expect(switches).toMatchObject([{ from: 'user', to: 'power', by }]);
    for (const { at } of changes) expect(Date.parse(at)).toBeGreaterThanOrEqual(before);
    const shown = await place.must('show', id);
    expect(shown).toMatch(
      /\nmodel: - → opus by .*\npinned: no → yes by .*\ntags: - → a=1 by .*\nmode: user → power by /u,
    );
    expect(shown).toMatch(/\nsystem prompt: - → \P{Cc}{60}… by /u);
    for (let n = 1; n <= 5; n++) await place.must('set', id, '--budget-usd', String(n));
    expect(await place.must('show', id)).toMatch(/\n1 earlier changes are in --json\npinned: /u);
  });

  test('raises a budget that is used up, and lowers it', async () => {
    const place = new Place();
    const id = await place.newSession('--budget-usd', '1');
    await place.must('set', id, '--budget-usd', '0.0001');
    await place.run(['send', id, 'say one']);
    const refused = await place.run(['send', id, 'say more']);
    expect([refused.code, refused.stderr]).toEqual([
      7,
      expect.stringContaining(`session set ${id} --budget-usd`),
    ]);
    await place.must('set', id, '--budget-usd', '1000');
    expect(await place.must('send', id, 'say more')).toBe('more\n');
  });

  test('moves a session to where its project is now, with its history', async () => {
    const place = new Place();
    const [from, to] = [path.join(place.root, 'from'), path.join(place.root, 'to')];
    mkdirSync(from);
    const id = await place.newSession('--root', from);
    await place.must('send', id, 'say one');
    renameSync(from, to);
    expect((await place.run(['send', id, 'say lost'])).code).not.toBe(0);
    await place.must('set', id, '--root', to);
    const { stdout } = await place.run(['send', id, 'bash pwd', '--ndjson']);
    const [start, ...rest] = parseLines(stdout);
    expect(start).toMatchObject({ continuity: 'replay' });
    expect(rest.find(({ type }) => type === 'tool_result')?.['content']).toContain(to);
    expect((await place.history(id))[1]).toMatchObject({ content: 'one' });
  });

  test.each([
    [['--name', '\u0007'], 'is not a valid name'],
    [['--root', '/nowhere/at/all'], 'is not an existing directory'],
    [['--context', '/nowhere'], '/nowhere'],
    [['--mcp-config', '{'], 'MCP'],
    [['--model', 'a', '--clear', 'model'], 'both given and cleared'],
    [['--budget-usd', '-1'], '--budget-usd'],
    [['--effort', 'extreme'], 'effort'],
    [['--fallback-model', 'a,,b'], '--fallback-model takes names of models'],
    [['--add-dir', '/nowhere/at/all'], 'The added directory /nowhere/at/all is not an existing directory'],
    [['--effort', 'low', '--clear', 'effort'], 'both given and cleared'],
  ])('refuses %j whole', async (argv, said) => {
    const place = new Place();
    const id = await place.newSession('--name', 'kept');
    const before = await place.show(id);
    const { code, stderr } = await place.run(['set', id, '--tag', 'x=1', ...argv]);
    expect([code, stderr]).toEqual([2, expect.stringContaining(said)]);
    expect(await place.show(id)).toEqual(before);
  });

  test('keeps each of the tags that many add at once', async () => {
    const place = new Place();
    const id = await place.newSession('--tag', 'old=1');
    const adds = Array.from({ length: 6 }, (_, n) => place.run(['set', id, '--tag', `k${n}=v`]));
    for (const { code } of await Promise.all(adds)) expect(code).toBe(0);
    expect(Object.keys((await place.show(id))['tags'])).toHaveLength(7);
  });
});

test('a fork begins with the budget that is left', async () => {
  const place = new Place();
  const id = await place.newSession('--budget-usd', '1');
  await place.must('send', id, 'say one');
  const { cost_usd: cost } = await place.show(id);
  const fork = (await place.must('fork', id)).trim();
  const { budget_usd: left } = await place.show(fork);
  expect(cost).toBeGreaterThan(0);
  expect(left).toBeCloseTo(1 - cost, 9);
});
