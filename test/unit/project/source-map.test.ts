import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const SOURCE = fileURLToPath(new URL('../../../src', import.meta.url));
const map = readFileSync(join(SOURCE, 'README.md'), 'utf8');

it('names files and directories that exist', () => {
  const named = [...map.matchAll(/`([\w./-]+(?:\/|\.(?:ts|json)))`/g)].map(([, path]) => path!);
  expect(named.length).toBeGreaterThan(30);
  expect(named.filter((path) => !existsSync(join(SOURCE, path)))).toEqual([]);
});

it('has every directory of the source', () => {
  const rooms = readdirSync(SOURCE, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  expect(rooms.map(({ name }) => name).filter((name) => !map.includes(`\n| \`${name}/`))).toEqual([]);
});
