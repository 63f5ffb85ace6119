import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, it, vi } from 'vitest';
import { processesOf } from '../support/processes.ts';
import { png } from '../support/sample-files.ts';
import { until } from '../support/run.ts';
import { gather, openForTest, openSessions } from './support.ts';

it('gives the records of the command line, and the last of them as its result', async () => {
  const sessions = await openForTest();
  const { id } = await sessions.create();
  const turn = sessions.send(id, 'say one\nbash echo two');
  const records = await gather(turn);
  expect(records.map(({ type }) => type)).toEqual(
    expect.arrayContaining(['start', 'text', 'tool_call', 'tool_result', 'done']),
  );
  expect(records.at(-1)).toBe(await turn.result);
  await expect(gather(turn)).rejects.toMatchObject({ code: 'USAGE' });
});

it('does not fail for what the agent fails at, only for what keeps the turn from beginning', async () => {
  const sessions = await openForTest();
  const { id } = await sessions.create();
  const failing = sessions.send(id, 'fail 529', { maxRetries: 0 });
  expect((await gather(failing)).map(({ type }) => type)).toContain('error');
  expect(await failing.result).toMatchObject({ status: 'failed', exit_code: 10 });
  const nobody = sessions.send('nobody', 'say one');
  await expect(gather(nobody)).rejects.toMatchObject({ code: 'NO_SESSION' });
  await expect(nobody.result).rejects.toMatchObject({ code: 'NO_SESSION' });
  await expect(sessions.send(id, ' ').result).rejects.toMatchObject({ code: 'USAGE' });
});

it('runs the turns of a session in order, and those of others meanwhile', async () => {
  const sessions = await openForTest();
  const one = await sessions.create();
  const other = await sessions.create();
  const slow = sessions.send(one.id, 'sleep 1s\nsay slow');
  await slow[Symbol.asyncIterator]().next();
  const next = sessions.send(one.id, 'say next');
  await expect(sessions.send(one.id, 'say never', { waitMs: 0 }).result).rejects.toMatchObject({
    code: 'BUSY',
  });
  const beside = await sessions.send(other.id, 'say beside').result;
  expect(beside.text).toBe('beside');
  const [first, second] = await Promise.all([slow.result, next.result]);
  expect([first.text, second.text]).toEqual(['slow', 'next']);
  expect(second.turn_id).toBeGreaterThan(first.turn_id!);
});

it('keeps the records for who reads later', async () => {
  const sessions = await openForTest();
  const { id } = await sessions.create();
  const turn = sessions.send(id, 'say one');
  await turn.result;
  expect((await gather(turn)).at(-1)).toMatchObject({ type: 'done', text: 'one' });
});

it('cancels the turn when its iteration is left, and leaves no process', async () => {
  const sessions = await openForTest();
  const { id } = await sessions.create();
  const turn = sessions.send(id, 'say begun\nsleep 60s');
  for await (const record of turn) if (record.type === 'text') break;
  expect(processesOf(sessions.home)).toEqual([]);
  expect(await turn.result).toMatchObject({ status: 'interrupted', text: 'begun' });
  expect((await gather(sessions.history(id))).at(-1)).toMatchObject({ content: 'begun' });
});

it('goes on to its end when nobody awaits it, and is no unhandled rejection when it fails', async () => {
  const unhandled = vi.fn<() => void>();
  process.on('unhandledRejection', unhandled);
  const sessions = await openForTest();
  const { id } = await sessions.create();
  sessions.send(id, 'say one');
  sessions.send('nobody', 'say one');
  const abandoned = sessions.send(id, 'say two')[Symbol.asyncIterator]();
  await abandoned.next();
  await until(async () => (await sessions.info(id)).turn_count === 2);
  await sessions.wait(id);
  expect((await gather(sessions.history(id))).map(({ content }) => content)).toContain('two');
  await pause(20);
  process.off('unhandledRejection', unhandled);
  expect(unhandled).not.toHaveBeenCalled();
});

it('ends a turn when its signal is aborted: one that runs, one that waits, one that has not begun', async () => {
  const sessions = await openForTest();
  const { id } = await sessions.create();
  const abort = new AbortController();
  const running = sessions.send(id, 'say begun\nsleep 60s', { signal: abort.signal });
  const reading = running[Symbol.asyncIterator]();
  await reading.next();
  const ended = Promise.allSettled([
    sessions.send(id, 'say never', { signal: abort.signal }).result,
    sessions.wait(id, { signal: abort.signal }),
    gather(sessions.watch(id, { signal: abort.signal })),
  ]);
  setTimeout(() => abort.abort(), 300);
  const interrupted = { status: 'rejected', reason: { code: 'INTERRUPTED' } };
  expect(await ended).toMatchObject([interrupted, interrupted, interrupted]);
  expect(await running.result).toMatchObject({ status: 'interrupted' });
  const late = sessions.send(id, 'say never', { signal: abort.signal });
  await expect(late.result).rejects.toMatchObject({ code: 'INTERRUPTED' });
  await expect(sessions.list({ signal: abort.signal })).rejects.toMatchObject({ code: 'INTERRUPTED' });
  expect(await gather(sessions.history(id))).toHaveLength(2);
});

it('gives up waiting after a time, and the turn goes on', async () => {
  const sessions = await openForTest();
  const { id } = await sessions.create();
  const turn = sessions.send(id, 'sleep 1s\nsay slow');
  await turn[Symbol.asyncIterator]().next();
  await expect(sessions.wait(id, { timeoutMs: 50 })).rejects.toMatchObject({ code: 'TIMEOUT' });
  expect(await sessions.wait(id)).toMatchObject({ status: 'completed' });
});

it('cancels what it runs when it is closed, and no more', async () => {
  const other = await openForTest();
  const sessions = await openSessions({ home: other.home, cwd: other.root });
  const { id } = await sessions.create({ agent: 'mock' });
  const turns = [sessions.send(id, 'sleep 60s'), sessions.send(id, 'say never')];
  await turns[0]![Symbol.asyncIterator]().next();
  const theirs = other.send((await other.create()).id, 'sleep 60s');
  await theirs[Symbol.asyncIterator]().next();
  const watching = gather(sessions.watch('@last')).catch((error: unknown) => error);
  await pause(50);
  await sessions.close();
  expect(await turns[0]!.result).toMatchObject({ status: 'interrupted' });
  await expect(turns[1]!.result).rejects.toMatchObject({ code: 'INTERRUPTED' });
  expect(await watching).toMatchObject({ code: 'INTERRUPTED' });
  expect(await other.list({ state: 'running' })).toHaveLength(1);
});

it('holds the agent up for a reader that is slow, and loses nothing', async () => {
  const sessions = await openForTest();
  const { id } = await sessions.create();
  const turn = sessions.send(id, 'emit 20MB');
  let units = 0;
  for await (const record of turn) {
    if (record.type === 'text') units += record.content.length;
    if (units < 1000) await pause(200);
  }
  expect(units).toBe((await turn.result).text.length);
  expect(units).toBeGreaterThan(10_000_000);
});

it('sends files, and gives answers that fit a schema', async () => {
  const sessions = await openForTest();
  const { id } = await sessions.create();
  const attach = [{ name: 'a.png', content: png(2, 2) }, fileURLToPath(import.meta.url)];
  const schema = { type: 'object', required: ['n'] };
  const seen = await sessions.send(id, 'files', { attach }).result;
  expect(seen.text).toMatch(/^image\/png \d+\ntext\/plain \d+ turns\.test\.ts$/);
  expect(await sessions.send(id, 'say {"n":1}', { schema }).result).toMatchObject({ output: { n: 1 } });
  expect(await sessions.send(id, 'say {}', { schema }).result).toMatchObject({ output: null, exit_code: 1 });
  const bad = [
    { attach: [{ name: 'x', content: new Uint8Array(0) }] },
    { attach: ['/nosuch'] },
    { schema: {} },
  ];
  for (const options of bad)
    await expect(sessions.send(id, 'say x', options).result).rejects.toMatchObject({ code: 'USAGE' });
  await expect(sessions.detach(id, 'say x', { schema: {} })).rejects.toMatchObject({ code: 'USAGE' });
});
