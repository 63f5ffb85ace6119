import { sendPrompt } from '../machine.ts';
import { emittedText, splitWords } from '../text.ts';
import type { Turn } from '../turn.ts';
import { pause } from '../wait.ts';
import { durationMs, optional, sizeBytes, text } from './arguments.ts';
import { verb } from './verb.ts';
import type { Verb } from './verb.ts';

const CHUNK_BYTES = 64_000;
const BLOCK_BYTES = 1_000_000;

/** Verbs that produce text. */
export const ANSWER_VERBS = {
  say: verb(
    [text('TEXT')],
    'answers TEXT, a word a delta; another `say` goes on in a new line. "In quotes" it is a JSON string: \\n works. With `--schema`, a JSON object is the structured answer.',
    (turn, said) => turn.say(said),
  ),
  think: verb([text('TEXT')], 'thinks TEXT, which is no part of the answer.', (turn, thought) =>
    turn.think(thought),
  ),
  sleep: verb([durationMs], 'waits, with nothing printed (`200ms`, `3s`).', (turn, ms) =>
    pause(ms, turn.signal),
  ),
  stream: verb(
    [durationMs, text('TEXT')],
    'answers TEXT slowly: each word that long after the one before.',
    async (turn, ms, said) => {
      for (const word of splitWords(said)) {
        turn.delta(word);
        await pause(ms, turn.signal);
      }
    },
  ),
  emit: verb(
    [sizeBytes('SIZE'), optional(sizeBytes('CHUNK'))],
    'answers exactly that many bytes of numbered lines (`100MB`), in deltas of CHUNK (64KB) and text blocks of 1MB.',
    emit,
  ),
  drop: verb(
    [text('TEXT')],
    'streams TEXT, then the connection breaks: what follows (or else TEXT again) comes in its place, without deltas.',
    (turn, said) => {
      for (const word of splitWords(said)) turn.delta(word);
      turn.loseConnection(said);
    },
  ),
  recall: verb([], 'says the earlier messages of this conversation that it remembers, one a line.', (turn) =>
    turn.say(turn.machine.transcript.userMessages.slice(0, -1).join('\n') || '(nothing)'),
  ),
  context: verb(
    [],
    'says the system prompt that the model is given: on `--resume` the recorded one, unless `initialize` said otherwise.',
    (turn) => turn.say(sendPrompt(turn.machine)),
  ),
  files: verb(
    [],
    'says the files of this message, one a line: what each is, its length in the request, and its title.',
    (turn) => turn.say(turn.message.files.join('\n') || '(none)'),
  ),
  message: verb([], 'says the text blocks of this message, as a JSON array.', (turn) =>
    turn.say(JSON.stringify(turn.message.blocks)),
  ),
} as const satisfies Record<string, Verb>;

async function emit(turn: Turn, bytes: number, chunkBytes = CHUNK_BYTES): Promise<void> {
  let inBlock = 0;
  for (const piece of emittedText(bytes, chunkBytes)) {
    if (inBlock + piece.length > BLOCK_BYTES) {
      turn.endText();
      inBlock = 0;
    }
    turn.delta(piece);
    inBlock += piece.length;
    await turn.machine.output.flush();
    turn.signal.throwIfAborted();
  }
  turn.endText();
}
