import { expect, it } from 'vitest';
import { readSpeech } from '../../../src/transfer/user-speech.ts';

const FLAGS = { isNote: false, isSummary: false };

it.each([
  ['Hello', 'asked', 'Hello'],
  ['', 'asked', ''],
  ['<command-name>/x</command-name>', 'command', '/x'],
  [
    '<command-message>x</command-message>\n  <command-name>/x</command-name>\n<command-args> a b </command-args>\n',
    'command',
    '/x  a b',
  ],
  ['<command-name>/x', 'asked', '<command-name>/x'],
  ['<command-name>/x</command-name> and more', 'asked', '<command-name>/x</command-name> and more'],
  ['<command-args>a</command-args>', 'asked', '<command-args>a</command-args>'],
  ['<other>a</other>', 'asked', '<other>a</other>'],
  ['<bash-input>ls</bash-input>', 'shell', '! ls'],
  ['<bash-stdout>a</bash-stdout><bash-stderr>b</bash-stderr>', 'shell', 'a\nb'],
  ['<bash-stdout></bash-stdout><bash-stderr></bash-stderr>', 'shell', ''],
  [
    '<local-command-stdout>ok</local-command-stdout>',
    'local',
    '<local-command-stdout>ok</local-command-stdout>',
  ],
  ['[Request interrupted by user]', 'interrupt', '[Request interrupted by user]'],
])('%j is %s', (text, kind, words) => {
  expect(readSpeech(text, FLAGS)).toEqual({ kind, text: words });
});

it("takes what claude says in the user's name for what it is", () => {
  expect(readSpeech('Go on', { isNote: true, isSummary: false }).kind).toBe('note');
  expect(readSpeech('So far', { isNote: true, isSummary: true }).kind).toBe('summary');
  expect(
    readSpeech('<local-command-caveat>x</local-command-caveat>', { isNote: true, isSummary: false }).kind,
  ).toBe('local');
});

it('reads many unclosed tags in linear time', () => {
  const begin = performance.now();
  readSpeech('<command-name>'.repeat(200_000), FLAGS);
  readSpeech('<bash-input></bash-input>'.repeat(200_000), FLAGS);
  expect(performance.now() - begin).toBeLessThan(2000);
});
