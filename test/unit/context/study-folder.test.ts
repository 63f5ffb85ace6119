import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findStudies, readHead, selectStudy } from '../../../src/context/study-folder.ts';
import { makePipe, makeRoot } from '../../support/study-tree.ts';

describe('the studies of a root', () => {
  it('are the folders below studies/, sorted, without hidden ones and files', async () => {
    const root = makeRoot({
      'studies/b/README.md': '',
      'studies/a/x': '',
      'studies/.git/x': '',
      'studies/file': '',
    });
    symlinkSync('a', join(root, 'studies/link'));
    symlinkSync('/', join(root, 'studies/out'));
    expect(await findStudies(root)).toEqual(['a', 'b', 'link']);
  });

  it('are none without the folder', async () => {
    expect(await findStudies(makeRoot())).toEqual([]);
    expect(await findStudies(makeRoot({ studies: 'a file' }))).toEqual([]);
  });

  it('are refused when studies/ itself leads out of the root', async () => {
    const root = makeRoot();
    symlinkSync('/', join(root, 'studies'));
    await expect(findStudies(root)).rejects.toMatchObject({ code: 'STUDY_INVALID' });
  });
});

describe('selecting a study', () => {
  it.each([
    '',
    '.',
    '..',
    '../x',
    'a/b',
    'a\\b',
    '/etc',
    'a\0b',
    'a\nb',
    '.git',
    'nosuch',
    'out',
    'file',
    'x'.repeat(300),
  ])('refuses %j, and names the studies there are', async (name) => {
    const root = makeRoot({ 'studies/a/x': '', 'studies/b/x': '', 'studies/file': '', 'x/y': '' });
    symlinkSync('../x', join(root, 'studies/out'));
    await expect(selectStudy(root, name)).rejects.toMatchObject({
      code: 'STUDY_INVALID',
      hint: 'Studies here: a, b.',
    });
  });

  it('finds names with spaces and in any script', async () => {
    const root = makeRoot({ 'studies/Träger 2/x': '' });
    expect(await selectStudy(root, 'Träger 2')).toMatchObject({ path: join(root, 'studies/Träger 2') });
  });
});

describe('reading a file of a study', () => {
  it('gives the first bytes, never half a character', async () => {
    const root = makeRoot({ 'studies/a/README.md': 'ab€€' });
    const folder = await selectStudy(root, 'a');
    expect(await readHead(folder, 'README.md', 6)).toEqual({
      path: 'README.md',
      text: 'ab€',
      totalBytes: 8,
      isCut: true,
    });
    expect(await readHead(folder, 'README.md', 100)).toMatchObject({ text: 'ab€€', isCut: false });
    expect(await readHead(folder, 'nosuch', 100)).toBeUndefined();
  });

  it('follows no link out of studies/, and opens nothing but plain files', async () => {
    const root = makeRoot({ 'studies/a/x': '', secret: 'secret' });
    symlinkSync('../../secret', join(root, 'studies/a/README.md'));
    symlinkSync('../..', join(root, 'studies/a/1_setup'));
    mkdirSync(join(root, 'studies/a/folder'));
    makePipe(join(root, 'studies/a/pipe'));
    const folder = await selectStudy(root, 'a');
    for (const path of ['README.md', '1_setup/secret', 'folder', 'pipe'])
      await expect(readHead(folder, path, 100), path).rejects.toMatchObject({ code: 'STUDY_INVALID' });
  });
});
