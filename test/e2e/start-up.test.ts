import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { Place } from '../support/run.ts';

/** Every file of the code cache, by its path. */
function cached({ home }: Place): string[] {
  const cache = path.join(home, 'cache');
  const names = existsSync(cache) ? (readdirSync(cache, { recursive: true }) as string[]) : [];
  return names.map((name) => path.join(cache, name)).filter((file) => statSync(file).isFile());
}

it('prints without the parser the help that the parser prints', async () => {
  const place = new Place();
  const made = await place.must('--help');
  expect(made).toContain('session send <session> [message..]');
  expect(await place.must('--help', '--quiet')).toBe(made);
});

it.each(['--help', '--version'])('says so when there is no room for %s', async (flag) => {
  const place = new Place();
  const full = openSync('/dev/full', 'w');
  const { code, stderr } = await place.run([flag], { stdout: full });
  closeSync(full);
  expect(code).toBe(1);
  expect(stderr).toMatch(/^session: The output could not be written: ENOSPC.*\n$/);
});

it('creates nothing for who only asks for help', async () => {
  const place = new Place();
  await place.must('--help');
  await place.must('new', '--help');
  expect(existsSync(place.home)).toBe(false);
});

it('does without a cache that is damaged, and mends it', async () => {
  const place = new Place();
  const id = await place.newSession();
  const shown = await place.must('show', id, '--json');
  const files = cached(place);
  expect(files.length).toBeGreaterThan(0);
  // As after a power failure: the size is right, and pages are missing.
  for (const file of files) writeFileSync(file, readFileSync(file).fill(0, statSync(file).size / 4));
  const again = await place.run(['show', id, '--json']);
  expect(again).toMatchObject({ code: 0, stdout: shown, stderr: '' });
});

it('starts many at once on an empty cache', async () => {
  const place = new Place();
  mkdirSync(place.home, { mode: 0o700 });
  const runs = await Promise.all(Array.from({ length: 6 }, () => place.run(['list', '--json'])));
  for (const run of runs) expect(run).toMatchObject({ code: 0, stdout: '[]\n', stderr: '' });
  expect(cached(place).filter((file) => /\.\d+$/.test(file))).toEqual([]);
});

it('keeps no cache for a word that is no command', async () => {
  const place = new Place();
  await place.newSession();
  await place.run(['lisst']);
  expect(cached(place).filter((file) => file.endsWith('lisst'))).toEqual([]);
});

it('removes the cache of a build that was not used for long, and no other', async () => {
  const place = new Place();
  const [old, recent] = ['old', 'recent'].map((name) => path.join(place.home, 'cache', name));
  for (const directory of [old!, recent!]) mkdirSync(directory, { recursive: true, mode: 0o700 });
  chmodSync(place.home, 0o700);
  const longAgo = Date.now() / 1000 - 30 * 86_400;
  utimesSync(old!, longAgo, longAgo);
  await place.must('list');
  expect(existsSync(old!)).toBe(false);
  expect(existsSync(recent!)).toBe(true);
});
