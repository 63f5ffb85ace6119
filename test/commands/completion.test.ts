import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { VERBS } from '../../src/cli.ts';
import { FileLock } from '../../src/system/lock.ts';
import { selfOwner } from '../../src/system/owner.ts';
import { fillStore } from '../support/big-store.ts';
import { withStore } from '../support/conversations.ts';
import { isInstalled } from '../support/installed.ts';
import { makeWorkplace } from '../support/run-command.ts';
import type { Workplace } from '../support/run-command.ts';
import { newTurn } from '../support/store-model.ts';

const TOP = fileURLToPath(new URL('../..', import.meta.url));

/** Candidates, each with its description, and what paths the shell is to complete. */
async function complete(place: Workplace, ...typed: string[]): Promise<{ found: string[][]; paths: string }> {
  const { status, stdout, stderr } = await place.run(['__complete', ...typed]);
  expect([status, stderr]).toEqual([0, '']);
  const lines = stdout.split('\n').slice(0, -1);
  return { found: lines.slice(0, -1).map((line) => line.split('\t')), paths: lines.at(-1)! };
}

/** The candidates, then the paths where there are some. */
async function words(place: Workplace, ...typed: string[]): Promise<(string | undefined)[]> {
  const { found, paths } = await complete(place, ...typed);
  return [...found.map(([word]) => word), ...(paths === ':nothing' ? [] : [paths])];
}

async function create(place: Workplace, ...options: string[]): Promise<string> {
  const { stdout } = await place.run(['new', ...options]);
  return stdout.trim();
}

describe('completion', () => {
  it.each([
    ['bash', 'session.bash'],
    ['zsh', '_session'],
    ['fish', 'session.fish'],
  ])('prints the script for %s', async (shell, file) => {
    const { status, stdout } = await makeWorkplace().run(['completion', shell]);
    expect([status, stdout]).toEqual([0, readFileSync(path.join(TOP, 'completions', file), 'utf8')]);
  });
});

describe('completion install', () => {
  const script = (file: string): string => readFileSync(path.join(TOP, 'completions', file), 'utf8');

  it.each([
    [['bash'], '.local/share/bash-completion/completions/session', 'session.bash', {}],
    [['fish'], '.config/fish/completions/session.fish', 'session.fish', {}],
    [[], '.config/fish/completions/session.fish', 'session.fish', { SHELL: '/usr/bin/fish' }],
    [['bash'], 'data/bash-completion/completions/session', 'session.bash', { XDG_DATA_HOME: 'TOP/data' }],
    [['fish'], 'config/fish/completions/session.fish', 'session.fish', { XDG_CONFIG_HOME: 'TOP/config' }],
    [['fish'], '.config/fish/completions/session.fish', 'session.fish', { XDG_CONFIG_HOME: 'config' }],
  ])('puts %j into ~/%s', async (shell, target, file, variables) => {
    const place = makeWorkplace();
    const env = Object.fromEntries(
      Object.entries<string>(variables).map(([name, value]) => [name, value.replace('TOP', place.top)]),
    );
    const installed = path.join(place.top, target);
    for (const _again of ['new', 'over the old one']) {
      const outcome = await place.run(['completion', 'install', ...shell], { env });
      expect(outcome).toEqual({ status: 0, stdout: `${installed}\n`, stderr: '' });
      expect(readFileSync(installed, 'utf8')).toBe(script(file));
    }
    expect(readdirSync(path.dirname(installed))).toEqual([path.basename(installed)]);
  });

  it.runIf(isInstalled('zsh'))('uses a directory of the user that zsh searches', async () => {
    const place = makeWorkplace();
    const directory = path.join(place.top, 'my completions');
    mkdirSync(directory);
    mkdirSync(path.join(place.top, 'printed/completions'), { recursive: true });
    const rc =
      'echo ~/printed/completions; fpath=(/usr/nowhere ~/absent ~/root "$HOME/my completions" $fpath)\n';
    writeFileSync(path.join(place.top, '.zshrc'), rc);
    const outcome = await place.run(['completion', 'install', 'zsh', '--json']);
    const file = path.join(directory, '_session');
    expect(outcome).toMatchObject({ status: 0, stderr: '' });
    expect(JSON.parse(outcome.stdout)).toEqual({ path: file });
    expect(readFileSync(file, 'utf8')).toBe(script('_session'));
    expect(readFileSync(path.join(place.top, '.zshrc'), 'utf8')).toBe(rc);
  });

  it.runIf(isInstalled('zsh'))('says which line ~/.zshrc needs where zsh searches none', async () => {
    const place = makeWorkplace();
    const directory = path.join(place.top, '.local/share/zsh/site-functions');
    const { status, stdout, stderr } = await place.run(['completion', 'install', 'zsh']);
    expect([status, stdout]).toEqual([0, `${directory}/_session\n`]);
    const line = /: (fpath=.*)\n$/.exec(stderr)?.[1];
    expect(existsSync(path.join(place.top, '.zshrc'))).toBe(false);
    // With that line, nothing more is to be said.
    writeFileSync(path.join(place.top, '.zshrc'), `${line}\n`);
    const again = await place.run(['completion', 'install', 'zsh']);
    expect(again).toEqual({ status: 0, stdout, stderr: '' });
  });

  it.each([
    [['install'], {}, 'SHELL does not say'],
    [['install'], { SHELL: '/bin/tcsh' }, 'There are no completions for tcsh'],
    [['install', 'bash'], { XDG_DATA_HOME: '/dev/null' }, 'could not be made (ENOTDIR)'],
    [['bash', 'zsh'], {}, 'does not take "zsh"'],
  ])('refuses %j with %j', async (typed, env, message) => {
    const { status, stdout, stderr } = await makeWorkplace().run(['completion', ...typed], { env });
    expect([status, stdout, stderr]).toEqual([2, '', expect.stringContaining(message)]);
  });
});

describe('what fits the command line', () => {
  const FORMATS = ['text', 'json', 'ndjson', 'stream-json'];

  it.each<[typed: string[], expected: string[]]>([
    [['sta'], ['stats']],
    [['st'], ['stop', 'study', 'stats', 'store']],
    [['__'], []],
    [['no such command', ''], []],
    [['-q', 'his'], ['history']],
    [['--output', 'json', 'his'], ['history']],
    [['-o', ''], FORMATS],
    [['--output=nd'], ['--output=ndjson']],
    [['--v'], ['--version']],
    [['--', ''], []],
    [
      ['mode', 'nightly', ''],
      ['user', 'power'],
    ],
    [['mode', 'nightly', 'po'], ['power']],
    [['mode', '--json', 'nightly', 'po'], ['power']],
    [['mode', 'nightly', 'power', 'p'], []],
    [
      ['new', '--mode', ''],
      ['user', 'power'],
    ],
    [['new', '--mode=u'], ['--mode=user']],
    [
      ['new', '--agent', ''],
      ['claude', 'mock'],
    ],
    [['new', '--name', ''], []],
    [['new', '--name=x'], []],
    [['new', '--pin=x'], []],
    [['new', '--nothing=x'], []],
    [['new', '--root', ''], [':directories']],
    [['new', '--root=x'], [':directories']],
    [['new', '--context', 'a', '--contex'], ['--context']],
    [
      ['new', '--name', '--mode', '--mod'],
      ['--mode', '--model'],
    ],
    [['list', '--trash', '--tr'], []],
    [['list', '--limit=3', '--li'], []],
    [['list', '-n', '3', '--li'], []],
    [['list', '-n', ''], []],
    [['history', 'x', '--limit', '5', '--js'], ['--json']],
    [
      ['send', 'x', '--no'],
      ['--no-ask', '--no-wait', '--no-stream'],
    ],
    [['send', 'x', 'no'], []],
    [['send', 'x', '-'], expect.arrayContaining(['--file', '--timeout', '--quiet']) as string[]],
    [['send', 'x', '--', ''], []],
    [['send', 'x', '--', '--no'], []],
    [['send', '--', ''], []],
    [['show', '--', ''], []],
    [['rm', '--', '@'], ['@last']],
    [['rm', '@last', '@'], ['@last']],
    [['send', '-f', ''], [':files']],
    [['send', 'x', '--file='], [':files']],
    [['import', ''], [':files']],
    [['import', 'a', 'b', ''], [':files']],
    [['export', '-f', ''], [':files']],
    [
      ['list', '--color', ''],
      ['auto', 'always', 'never'],
    ],
    [
      ['help', 'st'],
      ['stop', 'study', 'stats', 'store'],
    ],
    [
      ['set', 'nightly', '--no-'],
      ['--no-warm', '--no-ask', '--no-pin'],
    ],
    [['export', '--file', ''], [':files']],
    [['export', '--format', 'm'], ['markdown']],
    [['trust', ''], [':directories']],
    [['stop', '@'], ['@last']],
    [['search', '@'], []],
    [['search', '--session', '@'], ['@last']],
    [
      ['store', ''],
      ['status', 'path', 'backup', 'migrate', 'copy'],
    ],
    [['store', 'backup', ''], [':files']],
    [['store', 'path', ''], []],
    [['config', 'g'], ['get']],
    [
      ['config', 'set', 'sy'],
      ['systemPrompt.text', 'systemPrompt.file', 'systemPrompt.replace'],
    ],
    [['config', 'list', 'sy'], []],
    [
      ['config', 'set', 'mode', ''],
      ['user', 'power'],
    ],
    [
      ['config', 'set', 'redact.enabled', ''],
      ['true', 'false'],
    ],
    [['config', 'set', 'constructor', ''], []],
    [['config', 'get', 'mode', ''], []],
    [
      ['config', '--root', 'x', 'unset', 'agent'],
      ['agent', 'agents.claude.command'],
    ],
    [['completion', 'b'], ['bash']],
    [
      ['completion', 'install', ''],
      ['bash', 'zsh', 'fish'],
    ],
    [['completion', 'bash', ''], []],
    [
      ['stats', '--by', 'm'],
      ['model', 'mode'],
    ],
    [['gc', ''], expect.arrayContaining(['--dry-run', '--json', '--help']) as string[]],
    [['gc', 'x'], []],
    [[], expect.arrayContaining(['new', 'send']) as string[]],
  ])('completes %j', async (typed, expected) => {
    expect(await words(makeWorkplace(), ...typed)).toEqual(expected);
  });

  it('is described', async () => {
    const place = makeWorkplace();
    expect((await complete(place, 'his')).found).toEqual([['history', 'Print the messages of a session']]);
    expect((await complete(place, 'list', '--trash', '--mod')).found).toEqual([
      ['--mode', 'Only sessions in this mode'],
    ]);
    expect((await complete(place, 'config', 'get', 'agents')).found).toEqual([
      ['agents.claude.command', expect.stringContaining('claude')],
    ]);
  });

  it.each(VERBS.filter(([usage]) => /[<[]session/.test(usage)))('is a session in: %s', async (usage) => {
    const [verb = ''] = usage.split(' ');
    const place = makeWorkplace();
    const id = await create(place);
    if (verb === 'restore') await place.run(['rm', id]);
    expect(await words(place, verb, '')).toContain(id);
  });

  it('is every command that help shows, and no other', async () => {
    const place = makeWorkplace();
    const { stdout } = await place.run(['--help']);
    const shown = [...stdout.matchAll(/^ {2}session ([a-z]+)/gm)].map(([, name]) => name);
    expect(await words(place, '')).toEqual(shown);
  });
});

describe('what is there to complete', () => {
  it('are sessions by name and id, newest first, with name, study and age', async () => {
    const place = makeWorkplace();
    mkdirSync(path.join(place.root, 'studies/bracket'), { recursive: true });
    const old = await create(place, '--name', 'nightly', '--study', 'bracket');
    const latest = await create(place);
    const age = expect.stringMatching(/^(now|\d+m?s ago)$/);
    const titled = (word: string, ...title: string[]): unknown[] => [
      word,
      expect.stringMatching(new RegExp(`^${[...title, '(now|\\d+m?s ago)'].join(' · ')}$`)),
    ];
    expect((await complete(place, 'show', '')).found).toEqual([
      ['@last', 'the session last active here'],
      [latest, age],
      titled('nightly', old, 'bracket'),
      titled(old, 'nightly', 'bracket'),
    ]);
    expect(await words(place, 'send', '')).toEqual(['@last', '@new', latest, 'nightly', old]);
  });

  it('are only those that begin so', async () => {
    const place = makeWorkplace();
    const id = await create(place, '--name', 'my nightly');
    await create(place, '--name', 'other');
    expect(await words(place, 'show', 'my n')).toEqual(['my nightly']);
    expect(await words(place, 'show', id.slice(0, 5))).toContain(id);
    expect(await words(place, 'show', 'other')).toEqual(['other']);
    expect(await words(place, 'show', '%')).toEqual([]);
  });

  it('are names only where they say which session is meant', async () => {
    const place = makeWorkplace();
    for (const name of ['a', 'b']) mkdirSync(path.join(place.top, name));
    const [first, second] = [
      await create(place, '--name', 'twin', '--root', '../a'),
      await create(place, '--name', 'twin', '--root', '../b'),
    ];
    expect(await words(place, 'show', 'tw')).toEqual([]);
    expect((await words(place, 'show', '')).toSorted()).toEqual(['@last', first, second].toSorted());
    const here = await create(place, '--name', 'twin');
    expect((await complete(place, 'show', 'tw')).found).toEqual([['twin', expect.stringContaining(here)]]);
  });

  it('are the calls that wait for an answer', async () => {
    const place = makeWorkplace();
    expect(await words(place, 'approve', '')).toEqual([]);
    const id = await create(place, '--ask');
    await withStore(place.paths.store, async (store) => {
      const { turn } = await store.turns.enqueue(newTurn(id, { owner: selfOwner() }));
      const asked = {
        sessionId: id,
        turnId: turn.id,
        owner: selfOwner(),
        toolUseId: 't',
        tool: 'Bash',
        rule: null,
        expiresAt: 9,
      };
      const input = { command: `touch ${'x'.repeat(200)}` };
      await store.approvals.ask({ ...asked, id: 'abcd00000001', input, askedAt: 2 });
      await store.approvals.ask({ ...asked, id: 'abce00000002', input: {}, askedAt: 1 });
    });
    const [about, other] = ['Bash {"command":"touch xxx', 'Bash {}'];
    expect((await complete(place, 'approve', '')).found).toEqual([
      ['abce00000002', other],
      ['abcd00000001', expect.stringMatching(new RegExp(`^${about}.{1,40}…$`))],
    ]);
    expect(await words(place, 'deny', 'abcd')).toEqual(['abcd00000001']);
    await place.run(['deny', 'abce']);
    expect(await words(place, 'deny', '')).toEqual(['abcd00000001']);
  });

  it('are the studies of the project', async () => {
    const place = makeWorkplace();
    for (const name of ['wing span', 'bracket'])
      mkdirSync(path.join(place.root, 'studies', name), { recursive: true });
    expect(await words(place, 'new', '--study', '')).toEqual(['bracket', 'wing span']);
    expect(await words(place, 'new', '--study', 'w')).toEqual(['wing span']);
    expect(await words(place, 'new', '--root', place.top, '--study', '')).toEqual([]);
    mkdirSync(path.join(place.top, 'other/studies/gear'), { recursive: true });
    await create(place, '--name', 'elsewhere', '--root', '../other');
    expect(await words(place, 'study', 'elsewhere', '')).toEqual(['gear']);
    expect(await words(place, 'new', '--root=../other', '--study', '')).toEqual(['gear']);
  });

  it('are no sessions, quietly, where there is no store, or one that has to be updated', async () => {
    const place = makeWorkplace();
    expect(await words(place, 'show', '')).toEqual(['@last']);
    expect(existsSync(place.paths.home)).toBe(false);
    await create(place);
    const older = readFileSync(place.paths.store);
    older.writeUInt32BE(0, 60); // its schema, in the header
    writeFileSync(place.paths.store, older);
    expect(await words(place, 'show', '')).toEqual(['@last']);
    expect(readFileSync(place.paths.store).equals(older)).toBe(true);
  });

  it('are no sessions, but everything else, where the store is broken', async () => {
    const place = makeWorkplace();
    mkdirSync(place.paths.store, { recursive: true });
    expect(await words(place, 'send', '')).toEqual(['@last', '@new']);
    expect(await words(place, 'send', 'x', '--fail')).toEqual(['--fail-on-denied']);
  });

  it('are no sessions, soon, where another process has the store', async () => {
    const place = makeWorkplace();
    await create(place, '--name', 'nightly');
    const lock = new FileLock(`${place.paths.store}.lock`);
    expect(await lock.acquire(1000)).toBe(true);
    const before = performance.now();
    expect(await words(place, 'show', '')).toEqual(['@last']);
    expect(performance.now() - before).toBeLessThan(2000);
    lock.release();
    expect(await words(place, 'show', 'ni')).toEqual(['nightly']);
  });

  it('are the newest 200 sessions of many', async () => {
    const place = makeWorkplace();
    mkdirSync(place.paths.home, { mode: 0o700 });
    const big = { sessions: 1000, messagesEach: 0, roots: 3, characters: 1, spanMs: 3_600_000 };
    await fillStore(place.paths.store, big);
    const found = await words(place, 'rm', '');
    expect(found.slice(0, 4)).toEqual(['@last', 'session 999', '000003e7', 'session 998']);
    expect(found).toHaveLength(1 + 2 * 200);
    expect(await words(place, 'rm', 'session 12')).toContain('session 12');
  });

  it('are in the trash what can be restored', async () => {
    const place = makeWorkplace();
    const id = await create(place, '--name', 'nightly');
    await place.run(['rm', id]);
    expect((await complete(place, 'restore', '')).found).toEqual([[id, expect.stringContaining('nightly')]]);
    expect(await words(place, 'show', '')).toEqual(['@last']);
  });

  it('are nothing, quietly, where no home can be found', async () => {
    const { status, stdout, stderr } = await makeWorkplace().run(['__complete', 'show', ''], {
      env: { CLAUDE_SESSION_HOME: '/dev/null/home' },
    });
    expect([status, stdout, stderr]).toEqual([0, expect.stringContaining(':nothing\n'), '']);
  });
});
