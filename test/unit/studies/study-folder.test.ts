import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findStudies, readHead, selectStudy } from '../../../src/studies/study-folder.ts';
import { makePipe, makeRoot } from '../../support/study-tree.ts';

describe('the studies of a root', () => {
  it('are the folders below studies/, sorted, without hidden ones and files', () => {
    const root = makeRoot({
      'studies/b/README.md': '',
      'studies/a/x': '',
      'studies/.git/x': '',
      'studies/file': '',
    });
    symlinkSync('a', join(root, 'studies/link'));
    symlinkSync('/', join(root, 'studies/out'));
    expect(findStudies(root)).toEqual(['a', 'b', 'link']);
  });

  it('are none without the folder', () => {
    expect(findStudies(makeRoot())).toEqual([]);
    expect(findStudies(makeRoot({ studies: 'a file' }))).toEqual([]);
  });

  it('are refused when studies/ itself leads out of the root', () => {
    const root = makeRoot();
    symlinkSync('/', join(root, 'studies'));
    expect(() => findStudies(root)).toThrow(expect.objectContaining({ code: 'STUDY_INVALID' }));
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
  ])('refuses %j, and names the studies there are', (name) => {
    const root = makeRoot({ 'studies/a/x': '', 'studies/b/x': '', 'studies/file': '', 'x/y': '' });
    symlinkSync('../x', join(root, 'studies/out'));
    const refusal = { code: 'STUDY_INVALID', hint: 'Studies here: a, b.' };
    expect(() => selectStudy(root, name)).toThrow(expect.objectContaining(refusal));
  });

  it('finds names with spaces and in any script', () => {
    const root = makeRoot({ 'studies/Träger 2/x': '' });
    expect(selectStudy(root, 'Träger 2')).toMatchObject({ path: join(root, 'studies/Träger 2') });
  });
});

describe('reading a file of a study', () => {
  it('gives the first bytes, never half a character', () => {
    const root = makeRoot({ 'studies/a/README.md': 'ab€€' });
    const folder = selectStudy(root, 'a');
    expect(readHead(folder, 'README.md', 6)).toEqual({
      path: 'README.md',
      text: 'ab€',
      totalBytes: 8,
      isCut: true,
    });
    expect(readHead(folder, 'README.md', 100)).toMatchObject({ text: 'ab€€', isCut: false });
    expect(readHead(folder, 'nosuch', 100)).toBeUndefined();
  });

  it('follows no link out of studies/, and opens nothing but plain files', () => {
    const root = makeRoot({ 'studies/a/x': '', secret: 'secret' });
    symlinkSync('../../secret', join(root, 'studies/a/README.md'));
    symlinkSync('../..', join(root, 'studies/a/1_setup'));
    mkdirSync(join(root, 'studies/a/folder'));
    makePipe(join(root, 'studies/a/pipe'));
    const folder = selectStudy(root, 'a');
    for (const path of ['README.md', '1_setup/secret', 'folder', 'pipe'])
      expect(() => readHead(folder, path, 100), path).toThrow(
        expect.objectContaining({ code: 'STUDY_INVALID' }),
      );
  });
});
