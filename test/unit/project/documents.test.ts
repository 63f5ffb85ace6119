import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const TOP = fileURLToPath(new URL('../../..', import.meta.url));

const DOCUMENTS = [
  'README.md',
  'src/README.md',
  'test/bench/README.md',
  ...['CHANGELOG', 'CONTRIBUTING', 'DECISIONS', 'REFERENCE'].map((name) => `.github/${name}.md`),
];

const read = (path: string): string => readFileSync(join(TOP, path), 'utf8');

/** The anchors that GitHub makes of the headings of a document. */
function anchorsOf(path: string): string[] {
  const headings = read(path).matchAll(/^#+ (.+)$/gm);
  return [...headings].map(([, text]) =>
    text!
      .toLowerCase()
      .replaceAll(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );
}

it.each(DOCUMENTS)('%s links to files and headings that exist', (document) => {
  const links = [...read(document).matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)/g)];
  const broken = links.filter(([, path = '', anchor]) => {
    const target = path === '' ? document : join(dirname(document), path);
    return !existsSync(join(TOP, target)) || (anchor !== undefined && !anchorsOf(target).includes(anchor));
  });
  expect(broken.map(([link]) => link)).toEqual([]);
});

it('is linked from the guide, each document', () => {
  const guide = read('README.md');
  expect(DOCUMENTS.slice(1).filter((path) => !guide.includes(`](${path})`))).toEqual([]);
});

it.each(DOCUMENTS)('%s names npm scripts that exist', (document) => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  const named = [...read(document).matchAll(/npm run ([\w:]+)/g)].map(([, name]) => name!);
  expect(named.filter((name) => !(name in scripts))).toEqual([]);
});
