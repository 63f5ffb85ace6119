import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isInstalled } from '../support/installed.ts';
import { Terminal } from '../support/terminal.ts';

const TOP = fileURLToPath(new URL('../..', import.meta.url));
const SESSION = join(TOP, 'bin/session.js');

/** Prints the words it is given, but answers the completions as the real one does. */
const STAND_IN = `#!/bin/sh
if [ "$1" = __complete ]; then exec "${process.execPath}" "${SESSION}" "$@"; fi
printf '<%s>' "$@"
echo ENDED
`;

let place: { cwd: string; env: Record<string, string> };
let id: string;

function session(...args: string[]): string {
  return execFileSync(process.execPath, [SESSION, ...args], {
    cwd: place.cwd,
    env: { ...process.env, ...place.env },
    encoding: 'utf8',
  }).trim();
}

beforeAll(() => {
  const home = realpathSync(mkdtempSync(join(tmpdir(), 'session-completion-')));
  const bin = join(home, 'bin');
  const cwd = join(home, 'project');
  mkdirSync(bin);
  mkdirSync(join(cwd, 'studies/wing span/1_setup'), { recursive: true });
  mkdirSync(join(cwd, 'studies/bracket'), { recursive: true });
  for (const study of ['fix:login', 'me@host', "it's", 'cost $5', '-dash'])
    mkdirSync(join(cwd, 'studies', study));
  mkdirSync(join(cwd, 'a dir'));
  writeFileSync(join(cwd, 'a dir/notes.md'), '');
  writeFileSync(join(cwd, 'plain.md'), '');
  writeFileSync(join(bin, 'session'), STAND_IN);
  chmodSync(join(bin, 'session'), 0o755);
  place = {
    cwd,
    env: { HOME: home, CLAUDE_SESSION_HOME: join(home, 'store'), PATH: `${bin}:${process.env['PATH']}` },
  };
  id = session('new', '--agent', 'mock', '--name', 'nightly', '--study', 'bracket');
  session('new', '--agent', 'mock', '--name', 'Über nacht 1');
});

/** How each shell starts with the completions loaded, and tells that it is ready. */
const SHELLS = {
  bash: {
    start: 'bash --norc --noprofile -i',
    load: `PS1='READY'\\>; source '${join(TOP, 'completions/session.bash')}'`,
  },
  zsh: {
    start: 'zsh -f -i',
    load: `PS1='READY'\\>; autoload -U compinit; compinit -D -u; source '${join(TOP, 'completions/_session')}'`,
  },
  fish: {
    start: 'fish --no-config --interactive',
    load: `function fish_prompt; echo -n READ; echo -n 'Y>'; end; source '${join(TOP, 'completions/session.fish')}'`,
  },
} as const;

let terminal: Terminal | undefined;
let isFresh = false;

function close(): void {
  terminal?.close();
  terminal = undefined;
}
afterAll(close);

/** The shell at its prompt: the one before, unless that was left in the middle of something. */
async function open(shell: keyof typeof SHELLS): Promise<Terminal> {
  if (!isFresh) close();
  isFresh = false;
  terminal ??= new Terminal(SHELLS[shell].start, place).type(
    `stty cols 120 rows 40; ${SHELLS[shell].load}\r`,
  );
  await terminal.until('READY>');
  return terminal;
}

/** Types a line and enters it; resolves to the words that the program then got. */
async function enter(screen: Terminal, keys: string): Promise<string> {
  const shown = await screen.type(`session ${keys}`).type('\r').until('ENDED');
  isFresh = true;
  return shown;
}

const INSTALLED = (Object.keys(SHELLS) as (keyof typeof SHELLS)[]).filter(
  (shell) => isInstalled('script') && isInstalled(shell),
);

/** How each shell starts as a user has set it up who did what `install` and the guide say. */
const SET_UP = {
  bash: {
    start: 'bash --norc --noprofile -i',
    load: "PS1='READY'\\>; source /usr/share/bash-completion/bash_completion",
  },
  zsh: { start: 'zsh -i', load: "PS1='READY'\\>; autoload -U compinit; compinit -D -u" },
  fish: { start: 'fish --interactive', load: SHELLS.fish.load.replace(/source .*/, '') },
} as const;

describe.each(INSTALLED)('%s', (shell) => {
  afterAll(close);

  it.each([
    ['a command', 'his\t', '<history>'],
    ['a flag', 'send nightly --fail\t', '<send><nightly><--fail-on-denied>'],
    ['the value of a flag', 'new --mode p\t', '<new><--mode><power>'],
    ['the value of a flag behind =', 'new --mode=p\t', '<new><--mode=power>'],
    ['a word of a choice', 'mode nightly po\t', '<mode><nightly><power>'],
    ['a setting', 'config get systemPrompt.r\t', '<config><get><systemPrompt.replace>'],
    ['a session by its name', 'show ni\t', '<show><nightly>'],
    ['a name with spaces', 'show Üb\t', '<show><Über nacht 1>'],
    ['a name with spaces in quotes', 'show "Üb\t', '<show><Über nacht 1>'],
    ['a name with spaces, half typed', 'show Über\\ na\t', '<show><Über nacht 1>'],
    ['the last session', 'send @la\t', '<send><@last>'],
    ['a new session', 'send @n\t', '<send><@new>'],
    [
      'a session behind flags and their values',
      'send -f x --timeout 5m ni\t',
      '<send><-f><x><--timeout><5m><nightly>',
    ],
    ['a study with spaces', 'new --study w\t', '<new><--study><wing span>'],
    ['a study behind =', 'new --study=br\t', '<new><--study=bracket>'],
    ['a file with spaces', 'send nightly --file a\\ dir/no\t', '<send><nightly><--file><a dir/notes.md>'],
    ['a file behind =', 'send nightly --file=a\\ dir/no\t', '<send><nightly><--file=a dir/notes.md>'],
    ['a directory', 'new --root a\tx', '<new><--root><a dir/x>'],
    ['a directory behind =', 'new --root=a\\ d\tx', '<new><--root=a dir/x>'],
    ['a directory below the home', 'new --root ~/pro\tx', `<new><--root><HOME/project/x>`],
    ['no file where a directory is wanted', 'new --root pl\t', '<new><--root><pl>'],
    ['a study with a colon', 'new --study fix\t', '<new><--study><fix:login>'],
    ['a study with a colon, from there on', 'new --study fix:\t', '<new><--study><fix:login>'],
    ['a study with an @, from there on', 'new --study me@h\t', '<new><--study><me@host>'],
    ['a study with an @, behind =', 'new --study=me@h\t', '<new><--study=me@host>'],
    ['a study with a quote', 'new --study it\t', "<new><--study><it's>"],
    ['a study with a dollar', 'new --study cos\t', '<new><--study><cost $5>'],
    ['a study with a dollar in quotes', "new --study 'cost $\t", '<new><--study><cost $5>'],
    ['a study that begins with a dash', 'new --study=-d\t', '<new><--study=-dash>'],
    ['a name behind = and a quote', 'search x --session="Ü\t', '<search><x><--session=Über nacht 1>'],
    ['no flag that was given', 'list --trash --tr\t', '<list><--trash><--tr>'],
    ['a flag in its negative form', 'send nightly --no-w\t', '<send><nightly><--no-wait>'],
    ['nothing but a message behind --', 'send nightly -- --fail\t', '<send><nightly><--><--fail>'],
    ['nothing in a message', 'send nightly ni\t', '<send><nightly><ni>'],
  ])('completes %s', async (_what, keys, words) => {
    const screen = await open(shell);
    const got = words.replace('HOME', place.env['HOME']!);
    expect(await enter(screen, keys)).toContain(`${got}ENDED`);
  });

  it('completes a session by its id', async () => {
    const screen = await open(shell);
    expect(await enter(screen, `show ${id.slice(0, 6)}\t`)).toContain(`<show><${id}>ENDED`);
  });

  it('lists sessions with their titles', async () => {
    const screen = await open(shell);
    screen.type('session show \t\t');
    await screen.until(`${id} · bracket`);
  });

  it.runIf(
    shell !== 'bash' || 'CI' in process.env || existsSync('/usr/share/bash-completion/bash_completion'),
  )('finds the installed completions by itself', async () => {
    const { HOME = '' } = place.env;
    writeFileSync(join(HOME, '.zshrc'), 'fpath=(~/functions $fpath)\n');
    mkdirSync(join(HOME, 'functions'), { recursive: true });
    session('completion', 'install', shell);
    close();
    const { start, load } = SET_UP[shell];
    terminal = new Terminal(start, place).type(`stty cols 120 rows 40; ${load}\r`);
    await terminal.until('READY>');
    expect(await enter(terminal, 'show ni\t')).toContain('<show><nightly>ENDED');
    close();
  });
});
