import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { makeWorkplace } from '../support/run-command.ts';
import type { Workplace } from '../support/run-command.ts';

const TOP = fileURLToPath(new URL('../..', import.meta.url));

async function complete(place: Workplace, kind: string, prefix = ''): Promise<string[][]> {
  const { status, stdout, stderr } = await place.run(['__complete', kind, prefix]);
  expect([status, stderr]).toEqual([0, '']);
  return stdout
    .split('\n')
    .slice(0, -1)
    .map((line) => line.split('\t'));
}

async function create(place: Workplace, ...options: string[]): Promise<string> {
  const { stdout } = await place.run(['new', ...options]);
  return stdout.trim();
}

const words = (candidates: string[][]): (string | undefined)[] => candidates.map(([word]) => word);

describe('completion', () => {
  it.each([
    ['bash', 'session.bash'],
    ['zsh', '_session'],
    ['fish', 'session.fish'],
  ])('prints the script for %s', async (shell, file) => {
    const { status, stdout } = await makeWorkplace().run(['completion', shell]);
    expect([status, stdout]).toEqual([0, readFileSync(path.join(TOP, 'completions', file), 'utf8')]);
  });
});

describe('what the completions ask for', () => {
  it('are sessions by name and id, newest first, with name, study and age', async () => {
    const place = makeWorkplace();
    mkdirSync(path.join(place.root, 'studies/bracket'), { recursive: true });
    const old = await create(place, '--name', 'nightly', '--study', 'bracket');
    const latest = await create(place);
    const age = expect.stringMatching(/^(now|\d+m?s ago)$/);
    const titled = (word: string, ...title: string[]): unknown[] => [
      word,
      expect.stringMatching(new RegExp(`^${[...title, '(now|\\d+m?s ago)'].join(' · ')}$`)),
    ];
    expect(await complete(place, 'sessions')).toEqual([
      ['@last', 'the one last active here'],
      [latest, age],
      titled('nightly', old, 'bracket'),
      titled(old, 'nightly', 'bracket'),
    ]);
    expect(words(await complete(place, 'recipients'))).toEqual(['@last', '@new', latest, 'nightly', old]);
  });

  it('are only those that begin so', async () => {
    const place = makeWorkplace();
    const id = await create(place, '--name', 'my nightly');
    await create(place, '--name', 'other');
    expect(words(await complete(place, 'sessions', 'my n'))).toEqual(['my nightly']);
    expect(words(await complete(place, 'sessions', id.slice(0, 5)))).toContain(id);
    expect(words(await complete(place, 'sessions', 'other'))).toEqual(['other']);
    expect(await complete(place, 'sessions', '%')).toEqual([]);
  });

  it('are names only where they say which session is meant', async () => {
    const place = makeWorkplace();
    for (const name of ['a', 'b']) mkdirSync(path.join(place.top, name));
    const [first, second] = [
      await create(place, '--name', 'twin', '--root', '../a'),
      await create(place, '--name', 'twin', '--root', '../b'),
    ];
    expect(words(await complete(place, 'sessions', 'tw'))).toEqual([]);
    expect(words(await complete(place, 'sessions')).toSorted()).toEqual(['@last', first, second].toSorted());
    const here = await create(place, '--name', 'twin');
    expect(await complete(place, 'sessions', 'tw')).toEqual([['twin', expect.stringContaining(here)]]);
  });

  it('are the studies of the project', async () => {
    const place = makeWorkplace();
    for (const name of ['wing span', 'bracket'])
      mkdirSync(path.join(place.root, 'studies', name), { recursive: true });
    expect(await complete(place, 'studies')).toEqual([['bracket'], ['wing span']]);
    expect(await complete(place, 'studies', 'w')).toEqual([['wing span']]);
  });

  it('are no sessions, quietly, where there is no store, or one that has to be updated', async () => {
    const place = makeWorkplace();
    expect(words(await complete(place, 'sessions'))).toEqual(['@last']);
    expect(existsSync(place.paths.home)).toBe(false);
    await create(place);
    const older = readFileSync(place.paths.store);
    older.writeUInt32BE(0, 60); // its schema, in the header
    writeFileSync(place.paths.store, older);
    expect(words(await complete(place, 'sessions'))).toEqual(['@last']);
    expect(readFileSync(place.paths.store).equals(older)).toBe(true);
  });

  it('are nothing, quietly, where something is wrong', async () => {
    const place = makeWorkplace();
    mkdirSync(place.paths.store, { recursive: true });
    expect(await complete(place, 'sessions')).toEqual([]);
    expect(await complete(place, 'constructor')).toEqual([]);
  });
});
