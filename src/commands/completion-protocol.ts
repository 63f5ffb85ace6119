/**
 * `session __complete WORDS…`: what the shells ask while one types. WORDS are those behind `session`; the last is the one
 * at the cursor, and may be empty.
 *
 * Prints `candidate<TAB>description` a line, then one line that says what paths the shell shall complete as well:
 * `:files`, `:directories` or `:nothing`. It has to answer between two keystrokes, so it loads nothing it can do without.
 */
import type { Io } from '../io.ts';
import { Writer } from '../output/writer.ts';
import { complete } from './completion-candidates.ts';
import type { Completion, Grammar } from './completion-candidates.ts';

/** Resolves to 0, whatever happens: a completion has nobody to complain to. */
export async function answerShell(words: string[], grammar: Grammar, io: Io): Promise<number> {
  const writer = new Writer(io.stdout);
  try {
    const { candidates, paths } = await complete(words, grammar, io).catch((): Completion => ({
      candidates: [],
      paths: 'nothing',
    }));
    for (const { value, about } of candidates)
      writer.write(about === '' ? `${value}\n` : `${value}\t${about}\n`);
    writer.write(`:${paths}\n`);
    await writer.end();
  } catch {
    // The shell does not listen.
  }
  return 0;
}
