import { createHash } from 'node:crypto';
import { beforeEach, expect, test } from 'vitest';
import type { NewFile } from '../../src/model/message-file.ts';
import type { Store } from '../../src/store/store.ts';
import { newSession, newTurn, turnEnd } from '../support/store-model.ts';
import { makeSubject } from './subject.ts';

const ID = '0000aaaa';
const OTHER = '0000bbbb';
const LONG = Buffer.from(Array.from({ length: 700_001 }, (_, at) => at % 251));
const PNG = toFile('a.png', 'image/png', Buffer.from([1, 0, 255]));
const PDF = toFile('ü.pdf', 'application/pdf', LONG);
let store: Store;
beforeEach(async () => {
  store = await (await makeSubject()).open();
  await store.sessions.insert(newSession({ id: ID }));
  await store.sessions.insert(newSession({ id: OTHER, name: null }));
  return () => store.close();
});

function toFile(name: string, mediaType: NewFile['mediaType'], bytes: Buffer): NewFile {
  return { name, mediaType, content: bytes.toString('base64') };
}

function hashOf({ content }: NewFile): string {
  return createHash('sha256').update(Buffer.from(content, 'base64')).digest('hex');
}

function kept(file: NewFile): object {
  const { name, mediaType, content } = file;
  return { name, mediaType, bytes: Buffer.from(content, 'base64').length, sha256: hashOf(file) };
}

async function ask(sessionId: string, ...files: NewFile[]): Promise<number> {
  const { turn } = await store.turns.enqueue(newTurn(sessionId, { files }));
  await store.turns.finish(turn.id, 'me', turnEnd());
  return turn.id;
}

async function purge(id: string): Promise<void> {
  await store.retention.trash(id, 5_000);
  for (let ids: readonly string[] = [id]; ids.length > 0; ids = (await store.retention.purge(ids)).left);
}

const bytesOf = async (): Promise<number> => (await store.retention.usage()).live.bytes;

test('files are with the question that they came with, in their order', async () => {
  await ask(ID, PDF, PNG);
  expect(await store.messages.list({ sessionId: ID })).toMatchObject([
    { role: 'user', files: [kept(PDF), kept(PNG)] },
    { role: 'assistant', files: [] },
  ]);
  expect(await store.messages.readFile(hashOf(PDF))).toBe(PDF.content);
  expect(await store.messages.readFile(hashOf(PNG))).toBe(PNG.content);
  expect(await store.messages.readFile('0'.repeat(64))).toBeUndefined();
});

test('a file counts for the size of its session, until its turn is withdrawn', async () => {
  const before = await bytesOf();
  const { turn } = await store.turns.enqueue(newTurn(ID, { message: 'x', files: [PDF] }));
  expect(await bytesOf()).toBe(before + 1 + LONG.length);
  await store.turns.withdraw(turn.id, 'me');
  expect(await bytesOf()).toBe(before);
  expect(await store.messages.readFile(hashOf(PDF))).toBeUndefined();
});

test('a content is kept as long as a message has it, and is gone with the last', async () => {
  await ask(ID, PDF);
  await ask(ID, { ...PDF, name: 'again.pdf' });
  await ask(OTHER, PDF, PNG);
  await purge(ID);
  expect(await store.messages.readFile(hashOf(PDF))).toBe(PDF.content);
  await purge(OTHER);
  expect(await store.messages.readFile(hashOf(PDF))).toBeUndefined();
  expect(await store.messages.readFile(hashOf(PNG))).toBeUndefined();
  await store.sessions.insert(newSession({ id: ID }));
  await ask(ID, PDF);
  expect(await store.messages.readFile(hashOf(PDF))).toBe(PDF.content);
});

test('a large session goes with its files, but for those that are sent meanwhile', async () => {
  const large = Array.from({ length: 24 }, (_, n) =>
    toFile(`${n}`, 'application/pdf', Buffer.alloc(1 << 20, n + 1)),
  );
  await ask(ID, ...large);
  await ask(OTHER, large[5]!);
  await store.retention.trash(ID, 5_000);
  let left = (await store.retention.purge([ID])).left;
  await ask(OTHER, ...large.slice(0, 20));
  while (left.length > 0) left = (await store.retention.purge(left)).left;
  const whole: number[] = [];
  for (const [n, file] of large.entries())
    if ((await store.messages.readFile(hashOf(file))) === file.content) whole.push(n);
  expect(whole).toEqual(Array.from({ length: 20 }, (_, n) => n));
  expect(await store.messages.readFile(hashOf(large[23]!))).toBeUndefined();
  expect(await store.sessions.find(ID)).toBeUndefined();
});

test('files go along with forks, and in and out', async () => {
  await ask(ID, PDF, PNG);
  await store.transfer.beginFork(ID, { id: '0000cccc', name: 'fork', createdAt: 6_000 });
  await store.transfer.copyTurns({ from: ID, to: '0000cccc', afterTurn: 0, untilMessage: 1_000 });
  await store.transfer.endFork('0000cccc', { name: 'fork', at: 6_000, begin: null });
  await purge(ID);
  const [stored] = await store.transfer.pageTurns('0000cccc', 0, 10);
  expect(stored!.messages).toMatchObject([{ files: [kept(PDF), kept(PNG)] }, { files: [] }]);
  const before = (await store.retention.usage()).live.bytes;
  const { id: _id, sessionId: _session, owner: _owner, ...turn } = stored!.turn;
  await store.transfer.import(function* (tx) {
    const messages = [{ role: 'user' as const, createdAt: 1, pieces: ['x'], files: [PDF] }];
    yield* tx.addTurn(OTHER, { turn, isCopy: false, messages, toolCalls: [] }, null);
    yield* tx.settle(OTHER);
  });
  expect((await store.messages.list({ sessionId: OTHER })).at(0)).toMatchObject({ files: [kept(PDF)] });
  expect(await bytesOf()).toBe(before + 1 + LONG.length);
  await purge('0000cccc');
  expect(await store.messages.readFile(hashOf(PDF))).toBe(PDF.content);
});
