/**
 * `session __complete WORDS…`: the completion command that the shells run. WORDS are the words after `session`. The
 * last one is at the cursor, and may be empty.
 *
 * Prints one `candidate<TAB>description` a line. A last line says which paths the shell completes as well: `:files`,
 * `:directories` or `:nothing`. It must be fast, so it loads only what it needs.
 */
import type { Io } from '../io.ts';
import { Writer } from '../output/writer.ts';
import { complete } from './completion-candidates.ts';
import type { Completion, Grammar } from './completion-candidates.ts';

/** Always resolves to 0, because a shell can't show an error of a completion. */
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
    // The shell no longer reads.
  }
  return 0;
}
