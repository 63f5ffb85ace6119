import { expect, test } from 'vitest';
import { parseScript } from '../../../../src/agents/mock/script.ts';
import { splitWords } from '../../../../src/agents/mock/text.ts';
import { MOCK_VERBS } from '../../../../src/agents/mock/verbs/table.ts';

const LONE_SURROGATE = /\p{Surrogate}/u;

test.each([
  ['say', 'line 1: TEXT is missing. Usage: say TEXT'],
  [
    'say a\n\nsleep soon',
    "line 3: DURATION 'soon' is no duration such as 200ms or 3s. Usage: sleep DURATION",
  ],
  ['emit 5', "line 1: SIZE '5' is no size such as 64KB or 100MB. Usage: emit SIZE"],
  ['emit 5MB sideways', "CHUNK 'sideways' is no size"],
  ['call atomizer echo {"a"', `JSON '{"a"' is no JSON object`],
  ['call atomizer echo []', "JSON '[]' is no JSON object"],
  ['call atomizer', 'TOOL is missing'],
  ['fail 418', "failure '418' is none of 400, "],
  ['hang on', "'on' is too much"],
  ['loop 1.5', "N '1.5' is no whole number"],
  ['usage -1 2', "INPUT '-1' is no whole number"],
  ['say a\nconstructor', "line 2: there is no verb 'constructor'. Send 'help' for the list."],
])('%j is told what is wrong', (script, message) => {
  expect(() => parseScript(script)).toThrow(message);
});

test.each(['Say hello', 'hello world', '', '# only\n# notes', 'toString', '## Title\nsay it'])(
  '%j is no script',
  (message) => {
    expect(parseScript(message)).toHaveLength(1);
  },
);

test('empty lines and notes do not count', () => {
  expect(parseScript('\n# first\nsay a\n\n  # second\n  say b\n')).toHaveLength(2);
});

test.each(['', ' ', 'a', ' a  b\n', '日本語 🙂🙂 x', `x${'🙂'.repeat(5_000)}`, 'x\n'.repeat(3_000)])(
  'no character of %j is lost or cut',
  (text) => {
    const words = splitWords(text);
    expect(words.join('')).toBe(text);
    expect(words.every((word) => !LONE_SURROGATE.test(word))).toBe(true);
  },
);

test('every verb says what it does in a sentence', () => {
  for (const { does } of Object.values(MOCK_VERBS)) expect(does).toMatch(/^[a-z].*\.$/s);
});
