import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { findProgram } from '../../../src/system/find-program.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

/** Two folders that both hold `tool`, and in the second one it may be run. */
function arrange(): { one: string; two: string } {
  const top = temporaryDirectory();
  const [one, two] = ['one', 'two'].map((name) => path.join(top, name)) as [string, string];
  for (const folder of [one, two]) {
    mkdirSync(folder);
    writeFileSync(path.join(folder, 'tool'), '#!/bin/sh\n');
  }
  chmodSync(path.join(two, 'tool'), 0o755);
  return { one, two };
}

test('is the first on PATH that may be run', () => {
  const { one, two } = arrange();
  expect(findProgram('tool', { PATH: `${one}:${two}` })).toBe(path.join(two, 'tool'));
  expect(findProgram('tool', { PATH: one })).toBeUndefined();
  expect(findProgram('tool', {})).toBeUndefined();
});

test('is itself where it is an absolute path, and never one relative to a directory', () => {
  const { one, two } = arrange();
  expect(findProgram(path.join(two, 'tool'), { PATH: '' })).toBe(path.join(two, 'tool'));
  expect(findProgram(path.join(one, 'tool'), { PATH: two })).toBeUndefined();
  const relative = path.relative(process.cwd(), two);
  expect(findProgram(path.join(relative, 'tool'), { PATH: two })).toBeUndefined();
  expect(findProgram('tool', { PATH: `:.:${relative}` })).toBeUndefined();
});
