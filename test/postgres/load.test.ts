import { expect, test } from 'vitest';
import { makeFleet, mayUnshare } from '../support/machines.ts';
import type { Machine } from '../support/machines.ts';
import { query } from '../support/postgres.ts';
import { isTorture } from '../support/run.ts';

/** SESSION_TORTURE=full is the run whose numbers are quoted; without it, one that CI has time for. */
const COUNT = isTorture ? 64 : 12;
const isPossible = mayUnshare();
const timeout = isTorture ? 900_000 : 60_000;

const arrange = () => makeFleet(['one', 'two', 'three', 'four']);

/** Each of so many runs on the next machine. */
async function together<T>(
  machines: Machine[],
  work: (machine: Machine, n: number) => Promise<T>,
  count = COUNT,
) {
  const since = performance.now();
  const all = await Promise.all(
    Array.from({ length: count }, (_, n) => work(machines[n % machines.length]!, n)),
  );
  return { all, ms: Math.round(performance.now() - since) };
}

const failed = (ends: { code: number | null; stderr: string }[]) =>
  ends.filter(({ code }) => code !== 0).map(({ stderr }) => stderr);

test.runIf(isPossible)(`${COUNT} sends at once to ${COUNT} sessions`, { timeout }, async () => {
  const { machines, url } = await arrange();
  await machines[0]!.run('store', 'migrate');
  const made = await together(machines, (machine, n) => machine.run('new', '--name', `s${n}`));
  expect(failed(made.all)).toEqual([]);
  const { all, ms } = await together(machines, (machine, n) => machine.run('send', `s${n}`, `say ${n}`));
  expect(failed(all)).toEqual([]);
  expect(all.map(({ stdout }) => stdout)).toEqual(all.map((_, n) => `${n}\n`));
  const [row] = await query<{ n: string }>(
    url,
    `SELECT count(*) AS n FROM messages AS asked JOIN messages AS answer ON answer.id = asked.id + 1
     WHERE asked.content = 'say ' || answer.content AND asked.session_id = answer.session_id`,
  );
  expect(Number(row!.n)).toBe(COUNT);
  console.log(JSON.stringify({ sends: COUNT, sessions: COUNT, newMs: made.ms, ms }));
});

test.runIf(isPossible)(`${COUNT} sends at once to one session`, { timeout }, async () => {
  const { machines, url } = await arrange();
  await machines[0]!.run('new', '--name', 'shared');
  const { all, ms } = await together(machines, (machine, n) =>
    machine.run('send', 'shared', `say ${n}`, '--wait', '15m'),
  );
  expect(failed(all)).toEqual([]);
  const rows = await query<{ role: string; content: string; at: string }>(
    url,
    'SELECT role, content, created_at AS at FROM messages ORDER BY id',
  );
  expect(rows).toHaveLength(2 * COUNT);
  for (let n = 0; n < rows.length; n += 2)
    expect([rows[n]!.content, rows[n + 1]!.role]).toEqual([
      `say ${rows[n + 1]!.content.trim()}`,
      'assistant',
    ]);
  const starts = await query<{ from: string; until: string }>(
    url,
    'SELECT started_at AS from, ended_at AS until FROM turns ORDER BY id',
  );
  for (const [n, turn] of starts.entries())
    if (n > 0) expect(Number(turn.from)).toBeGreaterThanOrEqual(Number(starts[n - 1]!.until));
  console.log(JSON.stringify({ sends: COUNT, sessions: 1, ms }));
});

test.runIf(isPossible)('what a day may cost is not overspent by several machines', { timeout }, async () => {
  const { machines, url } = await arrange();
  for (const { env } of machines) env['CLAUDE_SESSION_MAX_DAILY_USD'] = '0.5';
  await machines[0]!.run('store', 'migrate');
  await together(machines, (machine, n) => machine.run('new', '--name', `s${n}`));
  const { all, ms } = await together(machines, (machine, n) =>
    machine.run('send', `s${n}`, 'usage 10 10 0.125\nsay paid', '--max-budget-usd', '0.125', '--wait', '15m'),
  );
  expect(new Set(all.map(({ code }) => code))).toEqual(new Set([0, 7]));
  expect(all.filter(({ code }) => code === 0)).toHaveLength(4);
  const [row] = await query<{ usd: number }>(url, 'SELECT sum(cost_usd) AS usd FROM turns');
  expect(row!.usd).toBe(0.5);
  console.log(JSON.stringify({ sends: COUNT, usd: row!.usd, ms }));
});

test.runIf(isPossible)('gc from four machines at once', { timeout }, async () => {
  const { machines, url } = await arrange();
  const sessions = isTorture ? 20_000 : 2000;
  await machines[0]!.run('store', 'migrate');
  await query(
    url,
    `INSERT INTO sessions (id, mode, root, agent, warm, pinned, tags, mcp_configs, attachments, created_at, last_active_at)
     SELECT lpad(to_hex(n), 8, '0'), 'user', '/work', 'mock', 0, 0, '{}', '[]', '[]', n, n FROM generate_series(1, ${sessions}) AS n`,
  );
  const { all, ms } = await together(
    machines,
    (machine) => machine.run('gc', '--keep-last', '10', '--max-age', '1d', '--json'),
    4,
  );
  expect(failed(all)).toEqual([]);
  const [row] = await query<{ live: string; trashed: string }>(
    url,
    `SELECT count(*) FILTER (WHERE trashed_at IS NULL) AS live, count(*) FILTER (WHERE trashed_at IS NOT NULL) AS trashed FROM sessions`,
  );
  expect(row).toEqual({ live: '10', trashed: String(sessions - 10) });
  const taken = all.map(({ stdout }) => JSON.parse(stdout) as { trashed: { sessions: number } });
  const sum = taken.reduce((n, { trashed }) => n + trashed.sessions, 0);
  expect(sum).toBe(sessions - 10);
  console.log(JSON.stringify({ machines: 4, sessions, ms }));
});
