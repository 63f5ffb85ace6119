import path from 'node:path';
import { expect, it } from 'vitest';
import { openDatabase } from '../../../src/store/sqlite/engine/database.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

const SCHEMA = { first: 1, steps: ['CREATE TABLE numbers (n INTEGER PRIMARY KEY)'] };

const numbers = async (file: string): Promise<number[]> => {
  const db = await openDatabase(file, SCHEMA, { access: 'read' });
  const found = await db.read((tx) => tx.all<{ n: number }>('SELECT n FROM numbers ORDER BY n'));
  await db.close();
  return found.map(({ n }) => n);
};

it('keeps what is written at once, and undoes alone what fails', async () => {
  const file = path.join(temporaryDirectory(), 'store');
  const db = await openDatabase(file, SCHEMA, { access: 'write' });
  const write = (n: number, failure?: Error): Promise<number> =>
    db.write((tx) => {
      tx.run('INSERT INTO numbers (n) VALUES (?)', [n]);
      if (failure !== undefined) throw failure;
      return n;
    });
  const ends = await Promise.allSettled([
    write(1),
    write(2, new Error('on purpose')),
    write(3),
    write(1),
    db.read((tx) => tx.all('SELECT n FROM numbers').length),
    write(4),
  ]);
  expect(ends.map(({ status }) => status)).toEqual([
    'fulfilled',
    'rejected',
    'fulfilled',
    'rejected',
    'fulfilled',
    'fulfilled',
  ]);
  expect(ends[1]).toMatchObject({ reason: { message: expect.stringContaining('on purpose') as string } });
  expect(ends[4]).toMatchObject({ value: 2 });
  expect(await numbers(file)).toEqual([1, 3, 4]);
  await db.close();
});

it('lets the event loop have its turn between many works', async () => {
  const file = path.join(temporaryDirectory(), 'store');
  const db = await openDatabase(file, SCHEMA, { access: 'write' });
  let turns = 0;
  const counting = setInterval(() => turns++, 1);
  const slow = (n: number): Promise<number> =>
    db.write((tx) => {
      for (const until = performance.now() + 10; performance.now() < until;);
      return tx.run('INSERT INTO numbers (n) VALUES (?)', [n]);
    });
  await Promise.all(Array.from({ length: 20 }, (_, n) => slow(n)));
  clearInterval(counting);
  expect(turns).toBeGreaterThan(5);
  expect(await numbers(file)).toHaveLength(20);
  await db.close();
});
