import { bashCompletion } from './bash.ts';
import { fishCompletion } from './fish.ts';
import { readGrammar } from './grammar.ts';
import { fillReadme } from './readme.ts';
import { zshCompletion } from './zsh.ts';

/** Every generated file, by its path; of README.md only the marked blocks are. */
export async function generate(readme: string): Promise<Map<string, string>> {
  const grammar = await readGrammar();
  return new Map([
    ['completions/session.bash', bashCompletion(grammar)],
    ['completions/_session', zshCompletion(grammar)],
    ['completions/session.fish', fishCompletion(grammar)],
    ['README.md', await fillReadme(readme, grammar)],
  ]);
}
