import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { makeFleet, mayUnshare } from '../support/machines.ts';
import { query } from '../support/postgres.ts';

const isPossible = mayUnshare();

async function arrange() {
  const fleet = await makeFleet(['here', 'there']);
  const [here, there] = fleet.machines;
  await here!.run('new', '--name', 'shared');
  return { ...fleet, here: here!, there: there! };
}

test.runIf(isPossible)(
  'a conversation goes on from the other machine, and turns queue in order',
  async () => {
    const { here, there } = await arrange();
    const slow = here.start('send', 'shared', 'stream 600ms one two three four five', '--ndjson');
    await slow.says('"content":"one');
    const queued = there.start('send', 'shared', 'say second');
    const [first, second] = await Promise.all([slow.ended, queued.ended]);
    expect([first.code, second.code]).toEqual([0, 0]);
    expect(second.stderr).toContain('waiting for turn 1');
    const { stdout } = await here.run('history', 'shared', '--json');
    const messages = JSON.parse(stdout) as { content: string }[];
    expect(messages.map(({ content }) => content.trim())).toEqual([
      'stream 600ms one two three four five',
      'one two three four five',
      'say second',
      'second',
    ]);
    expect(JSON.parse((await there.run('list', '--json')).stdout)).toMatchObject([
      { name: 'shared', turn_count: 2 },
    ]);
  },
);

test.runIf(isPossible)('a turn is watched, waited for and cancelled from the other machine', async () => {
  const { here, there } = await arrange();
  const words = Array.from({ length: 30 }, (_, n) => `w${n}`).join(' ');
  const turn = here.start('send', 'shared', `stream 200ms ${words}`, '--ndjson');
  await turn.says('w1 ');
  const shown = JSON.parse((await there.run('show', 'shared', '--json')).stdout);
  expect(shown).toMatchObject({ state: 'running' });
  const watched = there.start('watch', 'shared', '--ndjson');
  await watched.says('w5');
  expect(turn.child.exitCode).toBe(null);
  const waited = there.start('wait', 'shared');
  await sleep(500);
  const cancelled = await there.run('cancel', 'shared');
  expect(cancelled.code).toBe(0);
  expect((await turn.ended).code).toBe(130);
  await Promise.all([watched.ended, waited.ended]);
  const { stdout } = await there.run('history', 'shared', '--json');
  const [, answer] = JSON.parse(stdout) as { content: string; status: string }[];
  expect(answer!.content).toMatch(/^w0 w1 w2/);
  const texts = watched.records.filter(({ type }) => type === 'text').map(({ content }) => content);
  expect(texts.join('').trim()).toBe(answer!.content.trim());
});

test.runIf(isPossible)(
  'a machine that dies keeps its turn until the lease is over, and then no longer',
  async () => {
    const { here, there, url } = await arrange();
    const turn = here.start(
      'send',
      'shared',
      'say before\nbash echo done\nsay after\nsleep 600s',
      '--ndjson',
    );
    await expect.poll(() => query(url, 'SELECT 1 FROM turn_records'), { timeout: 10_000 }).not.toEqual([]);
    await turn.says('after');
    await sleep(1500);
    turn.kill('SIGKILL');
    await turn.ended;
    const busy = await there.run('send', 'shared', 'say no', '--wait', '0');
    expect(busy.code).toBe(6);
    // The time of the database decides, so it is what the test moves on.
    await query(
      url,
      `UPDATE turns SET leased_until = clock_timestamp() - INTERVAL '1 second' WHERE ended_at IS NULL`,
    );
    const next = await there.run('send', 'shared', 'say yes');
    expect(next).toMatchObject({ code: 0, stdout: 'yes\n' });
    const turns = await query(url, 'SELECT status FROM turns ORDER BY id');
    expect(turns).toEqual([{ status: 'interrupted' }, { status: 'completed' }]);
    const { stdout } = await there.run('history', 'shared', '--json');
    const [, told] = JSON.parse(stdout) as { content: string; tool_calls: object[] }[];
    expect(told!.content).toMatch(/before[^]*after/);
    expect(told!.tool_calls).toMatchObject([{ name: 'Bash', result: 'done' }]);
  },
);

test.runIf(isPossible)('clocks that are two hours apart change nothing', async () => {
  const { here, there, url } = await arrange();
  for (const [machine, hours] of [
    [here, 1],
    [there, -1],
  ] as const)
    Object.assign(machine.env, {
      NODE_OPTIONS: `--require ${path.join(import.meta.dirname, '../support/skewed-clock.cjs')}`,
      CLOCK_SKEW_MS: String(hours * 3_600_000),
      // The times of files are not off.
      CLAUDE_SESSION_STALL_TIMEOUT: '5h',
    });
  for (const [first, second] of [
    [here, there],
    [there, here],
  ] as const) {
    const slow = first.start('send', 'shared', 'stream 100ms a b c d e f g h i j k l m n o p', '--ndjson');
    await slow.says('"content":"b');
    expect(await second.run('send', 'shared', 'say no', '--wait', '0')).toMatchObject({ code: 6 });
    const queued = second.start('send', 'shared', 'say yes');
    expect(await slow.ended).toMatchObject({ code: 0 });
    expect(await queued.ended).toMatchObject({ code: 0, stdout: 'yes\n' });
    const lost = first.start('send', 'shared', 'sleep 600s', '--ndjson');
    for (
      let n = 0;
      n < 100 && (await query(url, 'SELECT 1 FROM turns WHERE ended_at IS NULL')).length === 0;
      n++
    )
      await sleep(50);
    lost.kill('SIGKILL');
    await lost.ended;
    expect(await second.run('send', 'shared', 'say no', '--wait', '0')).toMatchObject({ code: 6 });
    await query(
      url,
      `UPDATE turns SET leased_until = clock_timestamp() - INTERVAL '1 second' WHERE ended_at IS NULL`,
    );
    expect(await second.run('send', 'shared', 'say yes')).toMatchObject({ code: 0 });
  }
  const turns = await query<{ status: string }>(url, 'SELECT status FROM turns ORDER BY id');
  const half = ['completed', 'completed', 'interrupted', 'completed'];
  expect(turns.map(({ status }) => status)).toEqual([...half, ...half]);
});

test.runIf(isPossible)('a write of a turn that another machine has taken over is refused', async () => {
  const { here, url } = await arrange();
  const turn = here.start(
    'send',
    'shared',
    'stream 100ms a b c d e f g h i j k l m n o p q r s t u v w',
    '--ndjson',
  );
  await turn.says('"content":"b');
  await query(url, `UPDATE turns SET owner = 'another'`);
  const { code, stdout } = await turn.ended;
  expect(code).toBe(130);
  expect(stdout).toContain('another process');
  expect(await query(url, 'SELECT status FROM turns')).toEqual([{ status: 'running' }]);
  expect(await query(url, `SELECT 1 FROM messages WHERE role = 'assistant'`)).toEqual([]);
});

test.runIf(isPossible)(
  'the whole answer of a machine that was lost is added when the machine is back, once, and marked',
  async () => {
    const { here, there, url } = await arrange();
    const turn = here.start('send', 'shared', 'stream 300ms a b c d e f g h', '--ndjson');
    await turn.says('"content":"b');
    turn.kill('SIGKILL');
    await turn.ended;
    await query(url, `UPDATE turns SET leased_until = clock_timestamp() - INTERVAL '1 second'`);
    expect(await there.run('send', 'shared', 'say next')).toMatchObject({ code: 0, stdout: 'next\n' });
    const history = async () => {
      const { stdout } = await here.run('history', 'shared', '--json');
      return (JSON.parse(stdout) as { content: string }[]).map(({ content }) => content.trim());
    };
    const whole = ['stream 300ms a b c d e f g h', 'a b c d e f g h', 'say next', 'next'];
    for (let n = 0; n < 50 && (await history()).length < 4; n++) await sleep(100);
    expect(await history()).toEqual(whole);
    await here.run('send', 'shared', 'say last');
    expect(await history()).toEqual([...whole, 'say last', 'last']);
    const turns = await query(url, 'SELECT status, error_message, is_late FROM turns ORDER BY id LIMIT 2');
    expect(turns).toEqual([
      {
        status: 'interrupted',
        error_message: 'The machine that ran the turn was lost; its answer came later.',
        is_late: true,
      },
      { status: 'completed', error_message: null, is_late: false },
    ]);
    expect(JSON.parse((await here.run('list', '--json')).stdout)).toMatchObject([{ message_count: 6 }]);
    const bytes = await query(
      url,
      `SELECT bytes = (SELECT sum(octet_length(content)) FROM messages)
         + (SELECT sum(octet_length(content)) FROM agent_transcripts) AS right FROM sessions`,
    );
    expect(bytes).toEqual([{ right: true }]);
  },
);

test.runIf(isPossible)('nobody keeps a connection', async () => {
  const { here, url } = await arrange();
  await here.run('send', 'shared', 'say hello');
  const others = await query(
    url,
    'SELECT application_name FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
  );
  expect(others).toEqual([]);
});

test.runIf(isPossible)(
  'the agent remembers on the other machine what it heard on this one, and back',
  async () => {
    const { here, there } = await arrange();
    await here.run('send', 'shared', 'say first');
    const continuity = async (machine: typeof here, message: string) => {
      const { stdout } = await machine.run('send', 'shared', message, '--ndjson');
      const records = stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Record<string, unknown>);
      return [records[0]!['continuity'], records.at(-1)!['text']];
    };
    expect(await continuity(there, 'recall')).toEqual(['resume', 'say first']);
    expect(await continuity(here, 'recall')).toEqual(['resume', 'say first\nrecall']);
    expect(await continuity(here, 'recall')).toEqual(['resume', 'say first\nrecall\nrecall']);
    expect(await continuity(there, 'recall')).toEqual(['resume', 'say first\nrecall\nrecall\nrecall']);
  },
);

test.runIf(isPossible)('where the transcript was not kept, the other machine is told by replay', async () => {
  const { here, there, url } = await arrange();
  await here.run('send', 'shared', 'say first');
  await query(url, 'DELETE FROM agent_transcripts');
  const { stdout } = await there.run('send', 'shared', 'recall', '--ndjson');
  expect(JSON.parse(stdout.split('\n', 1)[0]!)).toMatchObject({ type: 'start', continuity: 'replay' });
});

test.runIf(isPossible)('an agent that stayed up hears what was said on the other machine', async () => {
  const { here, there } = await arrange();
  await here.run('new', '--name', 'warm', '--warm');
  await here.run('send', 'warm', 'say first');
  await there.run('send', 'warm', 'say second');
  expect((await here.run('send', 'warm', 'recall')).stdout).toBe('say first\nsay second\n');
  expect((await there.run('send', 'warm', 'recall')).stdout).toBe('say first\nsay second\nrecall\n');
});

test.runIf(isPossible)('a session goes on under the root that its own has on the other machine', async () => {
  const { here, there, root, url } = await arrange();
  const elsewhere = path.join(path.dirname(root), 'elsewhere');
  there.env['CLAUDE_SESSION_ROOTS'] = `${root}=${elsewhere}`;
  for (const [machine, top] of [
    [here, root],
    [there, elsewhere],
  ] as const)
    mkdirSync((machine.root = path.join(top, 'sub')), { recursive: true });
  await here.run('new', '--name', 'mapped');
  await here.run('send', 'mapped', 'say first');
  const sent = await there.run('send', 'mapped', 'recall', '--json');
  expect(JSON.parse(sent.stdout)).toMatchObject({ text: 'say first', start: { continuity: 'resume' } });
  expect(await there.run('new', '--name', 'mapped')).toMatchObject({ code: 2 });
  await there.run('new', '--name', 'made');
  const rootsOn = async (machine: typeof here) =>
    (JSON.parse((await machine.run('list', '--json')).stdout) as { name: string; root: string }[])
      .filter(({ name }) => name !== 'shared')
      .map((session) => [session.name, session.root]);
  expect((await rootsOn(there)).toSorted()).toEqual([
    ['made', there.root],
    ['mapped', there.root],
  ]);
  expect((await rootsOn(here)).toSorted()).toEqual([
    ['made', here.root],
    ['mapped', here.root],
  ]);
  expect(await query(url, 'SELECT DISTINCT root FROM sessions ORDER BY root')).toEqual([
    { root },
    { root: here.root },
  ]);
  there.env['CLAUDE_SESSION_ROOTS'] = 'somewhere';
  const refused = await there.run('list');
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain('does not name two absolute paths');
});

test.runIf(isPossible)('files beside the transcript, such as those of sub-agents, go with it', async () => {
  const { here, there, url } = await arrange();
  await here.run('send', 'shared', 'say first');
  const [row] = await query<{ id: string }>(url, 'SELECT agent_session_id AS id FROM sessions');
  const findFile = (machine: typeof here, name: string): string | undefined =>
    readdirSync(machine.home, { recursive: true, encoding: 'utf8' })
      .map((found) => path.join(machine.home, found))
      .find((found) => found.endsWith(name));
  const transcript = findFile(here, `${row!.id}.jsonl`)!;
  const name = path.join(row!.id, 'subagents', 'agent-1.jsonl');
  const file = path.join(path.dirname(transcript), name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, 'one\n');
  await here.run('send', 'shared', 'say second');
  // A name that leads out of the folder is not followed.
  await query(
    url,
    `INSERT INTO agent_transcripts (conversation, n, session_id, turn_id, bytes, digest, content)
     SELECT $1, 0, session_id, turn_id, 1, '', 'x' FROM agent_transcripts LIMIT 1`,
    [`${row!.id}/../../outside`],
  );
  expect(await there.run('send', 'shared', 'recall')).toMatchObject({ stdout: 'say first\nsay second\n' });
  expect(readFileSync(findFile(there, name)!, 'utf8')).toBe('one\n');
  expect(findFile(there, 'outside')).toBeUndefined();
});

test.runIf(isPossible)('a turn that is finished from its log keeps its transcript too', async () => {
  const { here, there } = await arrange();
  const turn = here.start('send', 'shared', 'stream 300ms a b c d e', '--ndjson');
  await turn.says('"content":"b');
  turn.kill('SIGKILL');
  await turn.ended;
  expect(await here.run('wait', 'shared')).toMatchObject({ code: 0 });
  const { stdout } = await there.run('send', 'shared', 'recall', '--json');
  expect(JSON.parse(stdout)).toMatchObject({
    start: { continuity: 'resume' },
    text: 'stream 300ms a b c d e',
  });
});

test.runIf(isPossible)('what an agent asks is answered from the other machine', async () => {
  const { here, there } = await arrange();
  await here.run('new', '--name', 'asking', '--ask');
  const turn = here.start('send', 'asking', 'bash touch a\nsay done', '--ndjson');
  await turn.says('waiting_for_approval');
  const { stdout } = await there.run('approvals', '--json');
  const [asked] = JSON.parse(stdout) as { id: string }[];
  expect(await there.run('approve', asked!.id)).toMatchObject({ code: 0 });
  expect(await turn.ended).toMatchObject({ code: 0 });
  expect(turn.records.at(-1)).toMatchObject({ text: expect.stringContaining('done') });
});
