import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readPromptFile } from '../../../src/context/prompt-file.ts';
import { makeRoot } from '../../support/study-tree.ts';

it('reads a prompt file as it is now, and says why it can’t', () => {
  const path = join(makeRoot({ 'prompt.md': '\uFEFFBe brief.\n' }), 'prompt.md');
  expect(readPromptFile(path, 100)).toBe('Be brief.\n');
  expect(() => readPromptFile(path, 10)).toThrow(`The system prompt file ${path} is larger than 10 bytes.`);
  expect(() => readPromptFile(`${path}x`, 10)).toThrow(`The system prompt file ${path}x does not exist.`);
});
