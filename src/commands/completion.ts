import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { defineCommand } from './define.ts';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;

/** Each shell's script, as it has to be called where the shell looks for such files by itself. */
const FILES = { bash: 'session.bash', zsh: '_session', fish: 'session.fish' } as const;

export const command = defineCommand({
  positionals: { shell: { choices: SHELLS, demandOption: true, describe: 'The shell they are for' } },
  options: {},
  examples: [
    ['source <(session completion bash)', 'in ~/.bashrc'],
    ['source <(session completion zsh)', 'in ~/.zshrc, below compinit'],
    ['session completion fish > ~/.config/fish/completions/session.fish', 'once'],
  ],
  async run({ shell }, { io, writer }) {
    const completions = join(dirname(io.self[1]), '..', 'completions');
    await writer.write(await readFile(join(completions, FILES[shell]), 'utf8'));
  },
});
