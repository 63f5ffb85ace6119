import { chmodSync, mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { makePlaces, runScript } from '../support/mock-agent.ts';

const ID = '0266ba6c-bd2f-468f-89bd-16f3c489adcb';
const OTHER_ID = 'cefce48f-838a-4f55-a270-e119ee033548';
const NEW = ['--session-id', ID];
const RESUME = ['--resume', ID];

test('a conversation is remembered over processes', async () => {
  const places = makePlaces();
  await runScript('say one', { ...places, args: NEW });
  const second = await runScript('recall', { ...places, args: RESUME });
  expect(second.code).toBe(0);
  expect(second.text).toBe('say one');
  expect(second.result!['session_id']).toBe(ID);
  const third = await runScript('recall', { ...places, args: RESUME });
  expect(third.text).toBe('say one\nrecall');
});

test('an unknown id, and one from another directory, is no conversation', async () => {
  const places = makePlaces();
  await runScript('say one', { ...places, args: NEW });
  for (const start of [{ ...places, cwd: makePlaces().cwd }, makePlaces()]) {
    const agent = await runScript('say two', { ...start, args: RESUME });
    expect(agent.code).toBe(1);
    expect(agent.stderr).toBe(`No conversation found with session ID: ${ID}\n`);
    expect(agent.records).toHaveLength(1);
    expect(agent.result).toMatchObject({
      subtype: 'error_during_execution',
      errors: [`No conversation found with session ID: ${ID}`],
      num_turns: 0,
      session_id: ID,
    });
  }
});

test('a symbolic link to the directory is the same directory', async () => {
  const places = makePlaces();
  await runScript('say one', { ...places, args: NEW });
  const link = path.join(makePlaces().cwd, 'link');
  symlinkSync(places.cwd, link);
  expect((await runScript('recall', { ...places, cwd: link, args: RESUME })).text).toBe('say one');
});

test('an id can be used for one new conversation in a directory, even if its first turn failed', async () => {
  const places = makePlaces();
  await runScript('fail 400', { ...places, args: NEW });
  const again = await runScript('say two', { ...places, args: NEW });
  expect(again.code).toBe(1);
  expect(again.stderr).toBe(`Error: Session ID ${ID} is already in use.\n`);
  expect(again.lines).toEqual([]);
  expect((await runScript('recall', { ...places, args: RESUME })).text).toBe('fail 400');
  expect((await runScript('say two', { ...makePlaces(), args: NEW })).code).toBe(0);
});

test('a fork knows what was said, and leaves the original alone', async () => {
  const places = makePlaces();
  await runScript('say one', { ...places, args: NEW });
  const fork = [...RESUME, '--fork-session', '--session-id', OTHER_ID];
  const forked = await runScript('recall', { ...places, args: fork });
  expect(forked.text).toBe('say one');
  expect(forked.result!['session_id']).toBe(OTHER_ID);
  expect((await runScript('recall', { ...places, args: ['--resume', OTHER_ID] })).text).toBe(
    'say one\nrecall',
  );
  expect((await runScript('recall', { ...places, args: RESUME })).text).toBe('say one');
});

test('transcripts are private, and one with only bad lines is no conversation', async () => {
  const places = makePlaces();
  await runScript('say one', { ...places, args: NEW });
  const folder = path.join(places.home, 'mock', readdirSync(path.join(places.home, 'mock'))[0]!);
  const file = path.join(folder, `${ID}.jsonl`);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  writeFileSync(file, '{"cut\n');
  expect((await runScript('recall', { ...places, args: RESUME })).code).toBe(1);
});

test('a home that cannot be written is no error; the conversation is just not kept', async () => {
  const places = makePlaces();
  mkdirSync(places.home);
  writeFileSync(path.join(places.home, 'mock'), 'in the way');
  chmodSync(places.home, 0o500);
  expect((await runScript('say one', { ...places, args: NEW })).code).toBe(0);
  expect((await runScript('recall', { ...places, args: RESUME })).code).toBe(1);
});

test('it says the system prompt when asked', async () => {
  const places = makePlaces();
  writeFileSync(path.join(places.cwd, 'prompt.md'), 'You know the project.');
  const args = ['--append-system-prompt-file', path.join(places.cwd, 'prompt.md')];
  expect((await runScript('context', { ...places, args })).text).toBe('You know the project.');
});
