import { spawn } from 'node:child_process';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { askWarmHost, closeWarmHost } from '../../src/agents/process/warm-client.ts';
import { findWarmHost } from '../../src/agents/process/warm-info.ts';
import { buildPaths } from '../../src/settings/paths.ts';
import { fillStore } from '../support/big-store.ts';
import { openStore } from '../../src/store/sqlite/open.ts';
import { newSession } from '../support/store-model.ts';
import { filesWith } from '../support/files-with.ts';
import { killAt } from '../support/kill-points.ts';
import { expectNoProcess, processesOf } from '../support/processes.ts';
import { parseLines, Place, until } from '../support/run.ts';
import type { Content } from '../support/run.ts';

const DAY = 24 * 3_600_000;

async function collect(place: Place, ...flags: string[]): Promise<Content> {
  return JSON.parse(await place.must('gc', '--json', ...flags)) as Content;
}

/** Many old sessions, as of years. */
async function makeOld(place: Place, sessions: number, messagesEach: number): Promise<void> {
  place.makeHome();
  const store = buildPaths(place.env).store;
  await fillStore(store, { sessions, messagesEach, roots: 7, characters: 200, spanMs: 90 * DAY });
}

test('a turn that runs is not touched, and its session not trashed', async () => {
  const place = new Place();
  const id = await place.newSession();
  const send = place.start(['send', id, 'say begun\nsleep 5s\nsay  and done'], { stdin: 'open' });
  await send.says('begun');
  const record = await collect(place, '--max-age', '0', '--purge-after', '0', '--max-size', '0');
  expect(record).toMatchObject({ settled_turns: 0, kept: { sessions: 1, reasons: { running: 1 } } });
  expect(await send.ended).toMatchObject({ code: 0, stdout: expect.stringContaining('and done') });
  await place.expectNothingLeft();
});

test('a turn whose send was killed is finished, and the agent it left behind is ended with it', async () => {
  const place = new Place();
  const id = await place.newSession();
  const send = place.start(['send', id, 'say begun\nhang'], { stdin: 'open' });
  await send.says('begun');
  send.kill('SIGKILL');
  await send.ended;
  const [agent] = processesOf(place.home).filter(({ command }) => command.includes('mock-agent'));
  // While its agent lives, the turn goes on.
  expect(await collect(place)).toMatchObject({ settled_turns: 0, kept: { reasons: { running: 1 } } });
  process.kill(agent!.pid, 'SIGKILL');
  const dry = await place.must('gc', '--json', '--dry-run', '--max-age', '0');
  expect(await place.must('gc', '--json', '--max-age', '0')).toBe(dry);
  expect(JSON.parse(dry)).toMatchObject({ settled_turns: 1, trashed: { sessions: 0 } });
  expect((await place.history(id)).at(-1)).toMatchObject({ content: 'begun', status: 'interrupted' });
  await place.expectNothingLeft();
});

test('a warm agent is stopped once it is idle for long, not before, and never that of a pinned session', async () => {
  const place = new Place();
  const id = await place.newSession();
  const pinned = await place.newSession('--pin');
  for (const each of [id, pinned]) await place.must('send', each, '--warm', 'say hello');
  for (const dryRun of [['--dry-run'], []])
    expect(await collect(place, '--max-age', '0', ...dryRun)).toMatchObject({
      stopped_agents: 0,
      trashed: { sessions: 0 },
      kept: { reasons: { warm: 1, pinned: 1 } },
    });
  const flags = ['--json', '--idle', '10ms', '--max-age', '0'];
  const dry = await place.must('gc', '--dry-run', ...flags);
  expect((await place.show(id))['state']).toBe('warm');
  expect(await place.must('gc', ...flags)).toBe(dry);
  expect(JSON.parse(dry)).toMatchObject({ stopped_agents: 1, trashed: { sessions: 1 } });
  expect((await place.show(id))['state']).toBe('trashed');
  expect((await place.show(pinned))['state']).toBe('warm');
  expect(readdirSync(`${place.home}/run`)).toEqual([pinned]);
  await place.must('rm', pinned, '--purge');
  await place.expectNothingLeft();
});

test('what a killed process left is ended and removed', async () => {
  const place = new Place();
  const id = await place.newSession();
  await place.must('send', id, '--warm', 'say hello');
  const seen = processesOf(place.home);
  const stray = seen.find(({ command }) => command.includes('mock-agent'))!;
  const host = seen.find(({ command }) => command.includes('warm-host'))!;
  for (const { pid } of [host, stray]) process.kill(pid, 'SIGKILL');
  writeFileSync(`${place.home}/run/${id}/mcp.json`, '{}');
  await until(() => !existsSync(`/proc/${stray.pid}`));
  // A shell of a tool, say.
  const env = { CLAUDE_SESSION_HOME: place.home, CLAUDE_SESSION_ID: id };
  const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60_000)'], { env, stdio: 'ignore' });
  await until(() => processesOf(place.home).some(({ pid }) => pid === child.pid));
  expect(await collect(place)).toMatchObject({ removed_directories: 1 });
  await place.expectNothingLeft();
});

test('sends go on while gc works, lose nothing, and do not wait for long', async () => {
  const place = new Place();
  await makeOld(place, 3_000, 4);
  const ids = await Promise.all([1, 2].map(() => place.newSession()));
  const path = buildPaths(place.env).store;
  const store = await openStore(path, { access: 'write' });
  await store.sessions.insert(newSession({ id: 'feedfeed', createdAt: Date.now(), pinned: true }));
  const gc = place.start(['gc', '--json', '--max-age', '1h', '--purge-after', '0']);
  let isOver = false;
  void gc.ended.then(() => (isOver = true));
  const waits: number[] = [];
  const watch = (async () => {
    while (!isOver) {
      const since = performance.now();
      await store.sessions.find('feedfeed');
      waits.push(performance.now() - since);
      await sleep(5);
    }
  })();
  const answers = await Promise.all(
    ids.map(async (id) => {
      const said: string[] = [];
      for (let n = 0; n < 3; n++) said.push(await place.must('send', id, `say ${id} ${n}`));
      return said;
    }),
  );
  const { code, stdout } = await gc.ended;
  await watch;
  await store.close();
  expect(code).toBe(0);
  const [record] = parseLines(stdout);
  expect(record).toMatchObject({ trashed: { sessions: expect.any(Number) } });
  expect(record!['trashed'].sessions).toBeGreaterThan(2_990);
  expect(record!['purged']).toEqual(record!['trashed']);
  for (const [index, id] of ids.entries()) {
    const history = await place.history(id);
    expect(history.filter(({ role }) => role === 'assistant').map(({ content }) => content)).toEqual(
      answers[index]!.map((text) => text.trimEnd()),
    );
    expect(history).toHaveLength(6);
  }
  const sorted = waits.toSorted((a, b) => a - b);
  expect(sorted.length).toBeGreaterThan(10);
  // The promise is 250 ms; what is more is a machine with other things to do.
  expect(sorted[Math.floor(sorted.length / 2)]).toBeLessThan(250);
  expect(sorted.at(-1)).toBeLessThan(2_000);
});

test('nothing that the agent wrote is left of what is purged, wherever gc is killed', async () => {
  const place = new Place();
  const word = 'zebrasecret';
  const purge = ['gc', '--json', '--max-age', '0', '--purge-after', '0'];
  const transcripts = (): string[] => filesWith(`${place.home}/mock`, word);
  const converse = async (): Promise<void> => {
    for (let n = 0; n < 2; n++) await place.must('send', await place.newSession(), `say ${word}`);
    expect(transcripts()).toHaveLength(2);
  };
  for (const [step, left] of [
    [1, 2],
    [2, 1],
    [3, 0],
    [5, 0],
  ] as const) {
    await converse();
    await place.run(purge, killAt(step, '.jsonl'));
    expect(transcripts()).toHaveLength(left);
    expect(filesWith(place.home, word).length).toBeGreaterThan(left);
    await place.must(...purge);
    expect(filesWith(place.home, word)).toEqual([]);
  }
});

test('two at once do the work once', async () => {
  const place = new Place();
  await makeOld(place, 2_000, 2);
  const both = await Promise.all([1, 2].map(() => place.run(['gc', '--json', '--max-age', '30d'])));
  expect(both.map(({ code }) => code)).toEqual([0, 0]);
  const trashed = both.map(({ stdout }) => (JSON.parse(stdout) as Content)['trashed'].sessions as number);
  const listed = JSON.parse(await place.must('list', '--trash', '--json', '-n', '9999')) as Content[];
  expect(trashed[0]! + trashed[1]!).toBe(listed.length);
  expect(listed.length).toBeGreaterThan(1_300);
});

test('an interrupt stops between two steps, and the next run goes on', async () => {
  const place = new Place();
  await makeOld(place, 6_000, 4);
  const gc = place.start(['gc', '--ndjson', '--max-age', '1h', '--purge-after', '0']);
  await gc.says('"purge"');
  gc.kill('SIGINT');
  const { code, stdout, stderr } = await gc.ended;
  expect(code).toBe(130);
  expect(stderr).toContain('Stopped');
  expect(parseLines(stdout).at(-1)).toMatchObject({ type: 'error', code: 'INTERRUPTED' });
  const left = JSON.parse(await place.must('list', '--trash', '--json', '-n', '9999')) as Content[];
  expect(left.length).toBeGreaterThan(0);
  expect(await collect(place, '--max-age', '1h', '--purge-after', '0')).toMatchObject({
    purged: { sessions: left.length },
  });
  await expectNoProcess(place.home);
});

test('rm --force stops a turn that runs, keeps what it said, and leaves nothing behind', async () => {
  const place = new Place();
  const id = await place.newSession();
  const send = place.start(['send', id, 'say begun\nhang'], { stdin: 'open' });
  await send.says('begun');
  expect(await place.run(['rm', id])).toMatchObject({ code: 6, stderr: expect.stringContaining('--force') });
  expect((await place.show(id))['state']).toBe('running');
  await place.must('rm', id, '--force');
  expect((await send.ended).code).toBe(130);
  expect((await place.show(id))['state']).toBe('trashed');
  expect((await place.history(id)).at(-1)).toMatchObject({ content: 'begun', status: 'interrupted' });
  await place.expectNothingLeft();
});

test('rm stops a warm agent', async () => {
  const place = new Place();
  const id = await place.newSession();
  await place.must('send', id, '--warm', 'say hello');
  await place.must('rm', id);
  await place.expectNothingLeft();
  await place.must('restore', id);
  expect(await place.must('send', id, 'say again')).toBe('again\n');
});

test('a warm agent that works is running, not warm', async () => {
  const place = new Place();
  const id = await place.newSession();
  const listed = async (state: string): Promise<number> =>
    (JSON.parse(await place.must('list', '--json', '--state', state)) as unknown[]).length;
  const send = place.start(['send', id, '--warm', 'say begun\nsleep 10s'], { stdin: 'open' });
  await send.says('begun');
  expect([await listed('running'), await listed('warm'), await listed('idle')]).toEqual([1, 0, 0]);
  for (const dryRun of [['--dry-run'], []])
    expect(await collect(place, '--idle', '0', ...dryRun)).toMatchObject({
      stopped_agents: 0,
      kept: { reasons: { running: 1, warm: 0 } },
    });
  await send.ended;
  expect([await listed('running'), await listed('warm'), await listed('idle')]).toEqual([0, 1, 0]);
  await place.must('stop', id);
  expect([await listed('running'), await listed('warm'), await listed('idle')]).toEqual([0, 0, 1]);
});

test('no turn is lost to a gc that ends its warm agent at the same moment', async () => {
  const place = new Place();
  const id = await place.newSession();
  await place.must('send', id, '--warm', 'say 0');
  let stopped = 0;
  for (let n = 1; n <= 6; n++) {
    const send = place.start(['send', id, '--warm', `say ${n}`]);
    const gcs = [20, 60].map(async (ms) => {
      await sleep(ms * n);
      return await collect(place, '--idle', '50ms');
    });
    expect(await send.ended).toMatchObject({ code: 0, stdout: `${n}\n`, stderr: '' });
    for (const gc of gcs) stopped += (await gc)['stopped_agents'] as number;
  }
  expect((await place.history(id)).filter(({ role }) => role === 'assistant')).toHaveLength(7);
  // Else the two never met.
  expect(stopped).toBeGreaterThan(0);
  await place.must('stop', id);
  await place.expectNothingLeft();
});

test('the host of a warm agent decides: not while it was of use, and for nobody once it is ending', async () => {
  const place = new Place();
  const id = await place.newSession();
  await place.must('send', id, '--warm', 'say hello');
  const path = buildPaths(place.env).warmInfo(id);
  expect(await closeWarmHost(path, 60_000)).toBe(false);
  const host = findWarmHost(path)!;
  await sleep(300);
  expect((await askWarmHost(host, { ask: 'status' }))!.idleForMs).toBeGreaterThan(250);

  const send = place.start(['send', id, '--warm', 'say begun\nhang'], { stdin: 'open' });
  await send.says('begun');
  expect(await askWarmHost(host, { ask: 'status' })).toMatchObject({ idleForMs: 0 });
  expect(await closeWarmHost(path, 1)).toBe(false);
  const closing = askWarmHost(host, { ask: 'close' });
  await closing;
  await send.ended;
  await until(() => findWarmHost(path) === undefined);
  expect(await closeWarmHost(path, 0)).toBe(false);
  expect(await collect(place)).toMatchObject({ stopped_agents: 0 });
  await place.expectNothingLeft();
});
