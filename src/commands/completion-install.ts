import { accessSync, constants, mkdirSync } from 'node:fs';
import { dirname, isAbsolute, join, sep } from 'node:path';
import { SessionError, systemCode } from '../errors.ts';
import type { Io } from '../io.ts';
import { writeUserFile } from '../system/user-file.ts';
import { resolveHome, resolveUserPath } from '../settings/paths.ts';
import { SHELLS } from './completion-shells.ts';
import type { Shell } from './completion-shells.ts';

const ZSH_TIMEOUT_MS = 5000;

/** A file that a shell loads completions from. `advice` is what the user has to do first, if anything. */
interface Place {
  path: string;
  advice?: string;
}

/**
 * Writes a shell's completions to a file that the shell loads by itself. Replaces that file, and changes nothing else.
 *
 * Throws USAGE when it can't be written.
 */
export async function install(shell: Shell, script: string, io: Io): Promise<Place> {
  const place = await findPlace(shell, io);
  try {
    mkdirSync(dirname(place.path), { recursive: true });
  } catch (error) {
    throw new SessionError('USAGE', `${dirname(place.path)} could not be made (${systemCode(error)}).`, {
      cause: error,
    });
  }
  await writeUserFile(place.path, resolveHome(io.env), async (file) => void file.write(script));
  return place;
}

/** The user's login shell. Throws USAGE when it is not supported. */
export function guessShell(io: Io): Shell {
  const name = io.env['SHELL']?.split('/').at(-1);
  const shell = SHELLS.find((each) => each === name);
  if (shell !== undefined) return shell;
  const why = name ? `There are no completions for ${name}.` : 'SHELL does not say which shell you use.';
  throw new SessionError('USAGE', why, {
    hint: `Name a shell: session completion install ${SHELLS.join('|')}`,
  });
}

async function findPlace(shell: Shell, io: Io): Promise<Place> {
  const data = findBase('XDG_DATA_HOME', '~/.local/share', io);
  switch (shell) {
    case 'bash':
      return { path: join(data, 'bash-completion/completions/session') };
    case 'fish':
      return { path: join(findBase('XDG_CONFIG_HOME', '~/.config', io), 'fish/completions/session.fish') };
    case 'zsh': {
      const own = join(data, 'zsh/site-functions');
      const searched = await readSearchPath(io);
      const found = searched.includes(own) ? own : chooseDirectory(searched, io);
      const advice = `put this line into ~/.zshrc, above the one with compinit: fpath=('${own}' $fpath)`;
      return { path: join(found ?? own, '_session'), ...(found === undefined && { advice }) };
    }
  }
}

/** By the XDG specification, a relative path is invalid and ignored. */
function findBase(variable: string, fallback: string, { env, cwd }: Io): string {
  const named = env[variable];
  return named !== undefined && isAbsolute(named) ? named : resolveUserPath(fallback, cwd, env);
}

/**
 * The directories in which the user's zsh searches functions. It must be an interactive one, because ~/.zshrc sets
 * them.
 */
async function readSearchPath({ env, cwd }: Io): Promise<string[]> {
  const { askProgram } = await import('../library/ask-program.ts');
  // Output of ~/.zshrc comes before the mark.
  const mark = ':fpath';
  try {
    const home = resolveUserPath('~', cwd, env);
    const options = { cwd: home, env, timeoutMs: ZSH_TIMEOUT_MS };
    const { stdout } = await askProgram(['zsh'], ['-ic', `print -rl -- '' ${mark} $fpath`], options);
    const lines = stdout.split('\n');
    return lines.slice(lines.lastIndexOf(mark) + 1);
  } catch {
    return [];
  }
}

/** Of the user's own directories, one with completions in its name, else the first. */
function chooseDirectory(searched: readonly string[], { env, cwd }: Io): string | undefined {
  const home = resolveUserPath('~', cwd, env) + sep;
  const own = searched.filter((directory) => directory.startsWith(home) && isWritable(directory));
  return own.find((directory) => /(completions?|site-functions|zfunc)$/.test(directory)) ?? own[0];
}

function isWritable(directory: string): boolean {
  try {
    accessSync(directory, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
