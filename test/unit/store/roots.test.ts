import { expect, test } from 'vitest';
import { parseRoots, withRoots } from '../../../src/store/roots.ts';
import { openStore } from '../../../src/store/sqlite/open.ts';
import { newSession } from '../../support/store-model.ts';
import { makeDirectory } from '../../support/store-program.ts';

test('a root is moved with the directory that it is or lies in, and no other', async () => {
  const store = await openStore(`${makeDirectory()}/sessions.sqlite`, { access: 'write' });
  const mapped = withRoots(store, parseRoots(['/home/ann=/builds/', '/home=/other']));
  for (const [id, here, stored] of [
    ['00000001', '/builds', '/home/ann'],
    ['00000002', '/builds/a', '/home/ann/a'],
    ['00000003', '/buildsX', '/buildsX'],
    ['00000004', '/other/annX', '/home/annX'],
  ] as const) {
    await mapped.sessions.insert(newSession({ id, root: here }));
    expect(await store.sessions.find(id)).toMatchObject({ root: stored });
    expect(await mapped.sessions.find(id)).toMatchObject({ root: here });
    expect(await mapped.sessions.findLast(here)).toMatchObject({ id });
    expect(await mapped.sessions.count({ root: here })).toBe(1);
  }
  await store.close();
});

test.each(['a', 'a=/b', '/a=b', '=/b'])('%s is refused', (entry) => {
  expect(() => parseRoots([entry])).toThrow('does not name two absolute paths');
});
