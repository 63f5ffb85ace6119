import { mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { temporaryDirectory } from '../support/temporary.ts';
import { SessionError, gather, openForTest, openTestSessions } from './support.ts';

it('creates a session, and resumes the one of its name', async () => {
  const sessions = await openForTest();
  const session = await sessions.create({ name: 'nightly', tags: ['team=fem'], pinned: true });
  expect(session).toMatchObject({
    name: 'nightly',
    mode: 'user',
    state: 'idle',
    is_alive: false,
    root: sessions.root,
    tags: { team: 'fem' },
    pinned: true,
  });
  expect((await sessions.create({ name: 'nightly', ifMissing: true })).id).toBe(session.id);
  expect((await sessions.find('nightly'))?.id).toBe(session.id);
  expect(await sessions.find('weekly')).toBeUndefined();
});

it('tells what a session is, and what it has had', async () => {
  const sessions = await openForTest();
  const { id } = await sessions.create({ systemPrompt: 'Be brief.' });
  await sessions.send(id, 'say one\nbash echo two').result;
  expect(await sessions.info(id)).toMatchObject({
    is_alive: false,
    message_count: 2,
    turn_count: 1,
    system_prompt: 'Be brief.',
    warm_agent: null,
    last_turns: [{ status: 'completed' }],
  });
  const [asked, answered] = await gather(sessions.history(id));
  expect(asked).toMatchObject({ role: 'user', content: 'say one\nbash echo two' });
  expect(answered).toMatchObject({ role: 'assistant', tool_calls: [{ name: 'Bash' }] });
  expect(await gather(sessions.history(id, { role: 'user' }))).toHaveLength(1);
  expect(await sessions.search('two')).not.toEqual([]);
  expect(await sessions.stats({ by: 'session' })).toMatchObject([{ key: id, turns: 1, completed: 1 }]);
});

it('changes what a session has', async () => {
  const sessions = await openForTest();
  mkdirSync(path.join(sessions.root, 'studies/bracket/1_setup'), { recursive: true });
  const { id } = await sessions.create();
  expect(await sessions.switchMode(id, 'power')).toMatchObject({ id, mode: 'power' });
  expect(await sessions.setStudy(id, 'bracket')).toMatchObject({ study: 'bracket' });
  expect(await sessions.studies(id)).toEqual([{ name: 'bracket', is_selected: true }]);
  expect(await sessions.study(id)).toMatchObject({
    name: 'bracket',
    context: expect.stringContaining('bracket'),
  });
  expect(await sessions.setStudy(id, null)).toMatchObject({ study: null });
  expect(await sessions.change(id, { name: 'other', budgetUsd: 3 })).toMatchObject({ name: 'other' });
  expect(await sessions.info(id)).toMatchObject({
    mode: 'power',
    budget_usd: 3,
    mode_switches: [{ to: 'power' }],
  });
});

it('forks, removes and restores', async () => {
  const sessions = await openForTest();
  const { id } = await sessions.create({ name: 'first' });
  await sessions.send(id, 'say one').result;
  const fork = await sessions.fork(id, { name: 'second' });
  expect(await gather(sessions.history(fork.id))).toHaveLength(2);
  expect(await sessions.remove(id)).toMatchObject({ action: 'trash' });
  expect((await sessions.list()).map((each) => each.id)).toEqual([fork.id]);
  expect((await sessions.list({ state: 'trashed' })).map((each) => each.id)).toEqual([id]);
  expect(await sessions.restore(id)).toMatchObject({ id, trashed_at: null });
  const taken: string[] = [];
  const report = await sessions.gc({ maxAgeMs: 0, onTaken: ({ session_id }) => taken.push(session_id) });
  expect(report.trashed.sessions).toBe(2);
  expect(taken.toSorted()).toEqual([id, fork.id].toSorted());
});

it('says what a message would start, and hands one to another process', async () => {
  const sessions = await openForTest();
  const { id } = await sessions.create();
  expect(await sessions.preview(id)).toMatchObject({ session_id: id, context_update: null });
  expect(await sessions.plan(id, 'say one')).toMatchObject({ session_id: id, continuity: 'new' });
  const reference = await sessions.detach(id, 'say one');
  expect(await sessions.wait(id, { turnId: reference.turn_id })).toMatchObject({ status: 'completed' });
  const records = await gather(sessions.watch(id));
  expect(records.at(-1)).toMatchObject({ type: 'done', text: 'one' });
});

it('answers what an agent asks', async () => {
  const sessions = await openForTest();
  const { id } = await sessions.create({ ask: true });
  const turn = sessions.send(id, 'bash touch a');
  for await (const record of turn) {
    if (record.type !== 'status' || record.status !== 'waiting_for_approval') continue;
    const [waiting] = await sessions.approvals(id);
    await sessions.deny(waiting!.id, { message: 'Not now.' });
  }
  expect((await turn.result).permission_denials).toHaveLength(1);
});

it('fails with a code and a hint', async () => {
  const sessions = await openForTest();
  const failure = await sessions.info('nobody').catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(SessionError);
  expect(failure).toMatchObject({ code: 'NO_SESSION', hint: expect.any(String), exitStatus: 4 });
  await sessions.close();
  await expect(sessions.list()).rejects.toMatchObject({ code: 'USAGE' });
});

it('refuses what no option can be, also where it is written in JavaScript, and stores nothing of it', async () => {
  const sessions = await openForTest();
  const any = sessions as any;
  const { id } = await sessions.create();
  const wrong: [() => Promise<unknown>, string][] = [
    [() => any.create({ mode: 'admin' }), 'mode'],
    [() => any.create({ warm: 'no' }), 'warm'],
    [() => any.create({ budgetUsd: Number.NaN }), 'budgetUsd'],
    [() => any.create({ title: 'x' }), 'title'],
    [() => any.switchMode(id, 'admin'), 'mode'],
    [() => any.change(id, { tags: 'team=fem' }), 'tags'],
    [() => any.send(id).result, 'message'],
    [() => any.send(id, 'x', { agent: { model: 5 } }).result, 'agent'],
    [() => any.send(id, 'x', { timeoutMs: -1 }).result, 'timeoutMs'],
    [() => any.send(id, 'x', { signal: {} }).result, 'signal'],
    [() => any.send(5, 'x').result, 'session'],
    [() => gather(any.history(id, { limit: 'x' })), 'limit'],
    [() => any.stats({ by: 'x' }), 'by'],
    [() => any.gc({ maxAgeMs: -1 }), 'maxAgeMs'],
    [() => any.import([{ name: 'x', content: 'text' }]), 'sources'],
    [() => any.setSetting('model', null), 'value'],
  ];
  for (const [call, named] of wrong)
    await expect(call(), named).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringContaining(named),
    });
  expect(await sessions.list()).toMatchObject([{ id, mode: 'user', turn_count: 0 }]);
});

it('sees through what was begun before it is closed', async () => {
  const sessions = await openForTest();
  const created = sessions.create({ name: 'last' });
  await sessions.close();
  expect(await created).toMatchObject({ name: 'last' });
});

it('leaves nothing behind where test sessions can not be opened', async () => {
  const directory = temporaryDirectory();
  vi.stubEnv('TMPDIR', directory);
  onTestFinished(() => void vi.unstubAllEnvs());
  await expect(openTestSessions({ store: 'ftp://nowhere' })).rejects.toMatchObject({
    code: 'SETTINGS_INVALID',
  });
  expect(readdirSync(directory)).toEqual([]);
});

it('keeps the homes of one process apart, and leaves the process as it is', async () => {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP', 'exit', 'uncaughtException', 'unhandledRejection'];
  const count = (): number[] => signals.map((signal) => process.listenerCount(signal));
  const before = { listeners: count(), env: { ...process.env }, cwd: process.cwd() };
  const one = await openForTest();
  const other = await openForTest();
  const made = await Promise.all([one.create({ name: 'same' }), other.create({ name: 'same' })]);
  const [first, second] = await Promise.all([
    one.send('same', 'say in one').result,
    other.send('same', 'say in other').result,
  ]);
  expect([first.text, second.text]).toEqual(['in one', 'in other']);
  expect([first.session_id, second.session_id]).toEqual(made.map(({ id }) => id));
  expect(await one.list()).toHaveLength(1);
  expect({ listeners: count(), env: { ...process.env }, cwd: process.cwd() }).toEqual(before);
});
