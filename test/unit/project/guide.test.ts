import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { expect, it } from 'vitest';
import { VERBS } from '../../../src/cli.ts';
import { RECORDS } from '../../../src/model/records.ts';

const read = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');

const guide = read('README.md');

it('names every command, and no other', () => {
  const named = [...guide.matchAll(/`session ([a-z]+)/g)].map(([, verb]) => verb!);
  const verbs = VERBS.map(([usage]) => usage.split(' ')[0]!);
  expect([...new Set(named)].toSorted()).toEqual(verbs.toSorted());
});

it('names no option that no command has', () => {
  const named = [...guide.matchAll(/`(?:[a-z]+ )*(--[a-z][a-z-]+)/g)].map(([, option]) => option!);
  const reference = read('.github/REFERENCE.md');
  const unknown = named.filter((option) => !new RegExp(`^ +(?:-\\w, )?${option} `, 'm').test(reference));
  expect(unknown).toEqual([]);
});

it('has an example of each record of a turn, with the fields it has', () => {
  const lines = /^```json\n(.*?)^```$/ms.exec(guide)![1]!.trim().split('\n');
  const examples = lines.map((line) => JSON.parse(line) as { type: 'start' });
  expect(examples.map(({ type }) => type)).toEqual(
    Object.keys(RECORDS).slice(0, Object.keys(RECORDS).indexOf('done') + 1),
  );
  for (const example of examples) expect(v.parse(RECORDS[example.type], example)).toEqual(example);
});
