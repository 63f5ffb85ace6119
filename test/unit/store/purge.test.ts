import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { openDatabase } from '../../../src/store/sqlite/engine/database.ts';
import { SCHEMA } from '../../../src/store/sqlite/schema.ts';
import { openStore } from '../../../src/store/sqlite/open.ts';
import type { Store } from '../../../src/store/store.ts';
import { Random } from '../../support/random.ts';
import { newSession, newTurn, turnEnd } from '../../support/store-model.ts';
import { makeDirectory } from '../../support/store-program.ts';

let directory: string;
let path: string;
let store: Store;
beforeEach(async () => {
  directory = makeDirectory();
  path = join(directory, 'sessions.sqlite');
  store = await openStore(path, { access: 'write' });
  return () => store.close();
});

/** Words that no other session has; their ends are looked for, since the index shortens their beginnings. */
function makeWords(random: Random, count: number): string[] {
  const letters = (): string =>
    (36 ** 8 + random.below(2 ** 32) * 300 + random.below(300)).toString(36).slice(-8);
  return Array.from({ length: count }, () => `${letters()}${letters()}`);
}

/** Which of the words any file of the directory holds, whether or not it is part of anything. */
function findLeft(words: readonly string[]): string[] {
  const files = readdirSync(directory).map((name) => readFileSync(join(directory, name), 'latin1'));
  return words.filter((word) => files.some((bytes) => bytes.includes(word.slice(-8))));
}

async function addTurn(id: string, words: string[], filler: number): Promise<void> {
  const text = words.join(` ${'x'.repeat(filler)} `);
  const { turn } = await store.turns.enqueue(newTurn(id, { message: text }));
  await store.turns.finish(
    turn.id,
    'me',
    turnEnd({
      answer: [text],
      errorMessage: text,
      toolCalls: [
        {
          id: 't',
          name: 'Bash',
          input: { text },
          result: text,
          isError: false,
          denied: false,
          textOffset: 0,
        },
      ],
    }),
  );
}

async function purge(ids: string[]): Promise<void> {
  for (const id of ids) {
    await store.retention.trash(id, 5_000);
    while ((await store.retention.purge([id])).left.length > 0);
  }
  while (!(await store.retention.cleanIndex()));
}

async function expectSound(): Promise<void> {
  const database = await openDatabase(path, SCHEMA, { access: 'write' });
  const problems = await database.write((tx) => {
    tx.run(`INSERT INTO message_index (message_index) VALUES ('integrity-check')`);
    return tx.all('PRAGMA integrity_check');
  });
  await database.close();
  expect(problems).toEqual([{ integrity_check: 'ok' }]);
}

test('no word of a deleted session is left in the files, whatever was between', async () => {
  const random = new Random(1);
  const sessions = new Map<string, string[]>();
  const gone: string[] = [];
  for (let n = 0; n < 15; n++) {
    const id = n.toString(16).padStart(8, '0');
    const words = makeWords(random, 4);
    sessions.set(id, [...words]);
    const [name, root] = [words.pop()!, `/srv/${words.pop()!}`];
    await store.sessions.insert(newSession({ id, name, root, systemPrompt: words.join(' ') }));
  }
  for (let round = 0; round < 3; round++) {
    for (let n = 0; n < 25; n++) {
      const ids = [...sessions.keys()];
      const id = random.pick(ids);
      const words = makeWords(random, 1 + random.below(20));
      sessions.get(id)!.push(...words);
      await addTurn(id, words, random.pick([1, 3, 10, 50, 300, 2_000]));
    }
    const ids = [...sessions.keys()].filter(() => random.below(5) === 0);
    for (const id of ids) {
      gone.push(...sessions.get(id)!);
      sessions.delete(id);
    }
    await purge(ids);
    expect(findLeft(gone)).toEqual([]);
    await expectSound();
  }
  expect(gone.length).toBeGreaterThan(100);
  for (const [id, words] of sessions) {
    expect(findLeft(words)).toEqual(words);
    for (const word of words.slice(4, 6)) {
      const { hits } = await store.messages.search({ text: word, limit: 5, order: 'newest' });
      expect(hits.map((hit) => hit.sessionId)).toEqual([id, id]);
    }
  }
});
