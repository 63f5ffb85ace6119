import { emittedText, splitWords } from '../text.ts';
import type { Turn } from '../turn.ts';
import { pause } from '../wait.ts';
import type { Arguments } from './arguments.ts';
import { plainVerb, textVerb } from './verb.ts';
import type { Step, Verb } from './verb.ts';

const CHUNK_BYTES = 64_000;
const BLOCK_BYTES = 1_000_000;

/** Verbs that make text. */
export const ANSWER_VERBS = {
  say: textVerb(
    'TEXT',
    'answers TEXT, a word a delta; another `say` goes on in a new line. "In quotes" it is a JSON string: \\n works.',
    (turn, text) => turn.say(text),
  ),
  think: textVerb('TEXT', 'thinks TEXT, which is no part of the answer.', (turn, text) => turn.think(text)),
  sleep: {
    arguments: 'DURATION',
    does: 'waits, with nothing printed (`200ms`, `3s`).',
    parse: (given) => {
      const durationMs = given.duration('DURATION');
      return (turn) => pause(durationMs, turn.signal);
    },
  },
  stream: {
    arguments: 'DURATION TEXT',
    does: 'answers TEXT slowly: each word that long after the one before.',
    parse: (given) => {
      const durationMs = given.duration('DURATION');
      const text = given.text('TEXT');
      return async (turn) => {
        for (const word of splitWords(text)) {
          turn.delta(word);
          await pause(durationMs, turn.signal);
        }
      };
    },
  },
  emit: {
    arguments: 'SIZE [chunk SIZE] [block SIZE] [unicode]',
    does: 'answers exactly that many bytes of numbered lines (`100MB`), in deltas of a chunk (64KB) and text blocks of a block (1MB); `unicode` mixes in characters of two to four bytes.',
    parse: parseEmit,
  },
  drop: textVerb(
    'TEXT',
    'streams TEXT, then the connection breaks: what follows (or else TEXT again) comes in its place, without deltas.',
    (turn, text) => {
      for (const word of splitWords(text)) turn.delta(word);
      turn.loseConnection(text);
    },
  ),
  recall: says('says the earlier messages of this conversation that it remembers, one a line.', (turn) => {
    const earlier = turn.machine.transcript.userMessages.slice(0, -1);
    return earlier.length === 0 ? '(nothing)' : earlier.join('\n');
  }),
  context: says(
    'says the system prompt that the model is given: on `--resume` the recorded one, unless `initialize` said otherwise.',
    (turn) => turn.machine.sendPrompt(),
  ),
  message: says('says the text blocks of this message, as a JSON array.', (turn) =>
    JSON.stringify(turn.message.blocks),
  ),
  argv: says('says its arguments, as a JSON array.', (turn) => JSON.stringify(turn.machine.argv)),
  env: {
    arguments: 'NAME',
    does: 'says the value of an environment variable, or `(unset)`.',
    parse: (given) => {
      const name = given.word('NAME');
      return (turn) => turn.say(turn.machine.env[name] ?? '(unset)');
    },
  },
} as const satisfies Record<string, Verb>;

function says(does: string, text: (turn: Turn) => string): Verb {
  return plainVerb(does, (turn) => turn.say(text(turn)));
}

function parseEmit(given: Arguments): Step {
  const bytes = given.size('SIZE');
  let chunkBytes = CHUNK_BYTES;
  let blockBytes = BLOCK_BYTES;
  let filler: 'ascii' | 'unicode' = 'ascii';
  while (!given.isEmpty) {
    const option = given.oneOf('option', ['chunk', 'block', 'unicode']);
    if (option === 'chunk') chunkBytes = given.size('chunk');
    else if (option === 'block') blockBytes = given.size('block');
    else filler = 'unicode';
  }
  return async (turn) => {
    let inBlock = 0;
    for (const piece of emittedText(bytes, chunkBytes, filler)) {
      turn.delta(piece);
      inBlock += chunkBytes;
      if (inBlock + chunkBytes > blockBytes) {
        turn.endText();
        inBlock = 0;
      }
      await turn.machine.output.flush();
      turn.signal.throwIfAborted();
    }
    turn.endText();
  };
}
