import { mkdirSync, rmdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { makeWorkplace } from '../support/run-command.ts';
import type { Workplace } from '../support/run-command.ts';

let place: Workplace;
beforeEach(() => {
  place = makeWorkplace();
});

describe('an empty value', () => {
  it.each([
    [['new', '--root', ''], '--root'],
    [['new', '--root='], '--root'],
    [['new', '--add-dir', ''], '--add-dir'],
    [['new', '--context', ' '], '--context'],
    [['new', '--model', ''], '--model'],
    [['new', '--name', ''], '--name'],
    [['import', ''], 'file'],
    [['import', 'a', ''], 'file'],
    [['export', '--all', '--file', ''], '--file'],
    [['list', '--root', ''], '--root'],
    [['doctor', '--root', ''], '--root'],
    [['trust', ''], 'directory'],
    [['show', ''], 'session'],
    [['rm', 'a', ''], 'session'],
    [['approve', ''], 'approval'],
  ])('is refused: %j', async (words, what) => {
    const { status, stdout, stderr } = await place.run(words);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toContain(`${what} is empty.`);
    const record = JSON.parse((await place.run([...words, '--json'])).stdout) as unknown;
    expect(record).toMatchObject({ type: 'error', code: 'USAGE', message: `${what} is empty.` });
  });

  it('of a text is none', async () => {
    expect((await place.run(['new', '--system-prompt', ''])).status).toBe(0);
  });
});

describe('a value that is not valid', () => {
  it.each(['a\u001b[31m', '-x', 'a\nb'])('is refused as the name of a model: %j', async (model) => {
    const { status, stderr } = await place.run(['new', `--model=${model}`]);
    expect([status, stderr]).toEqual([2, expect.stringContaining('--model takes the name of a model')]);
  });

  it('is cut where it is long', async () => {
    const long = 'x'.repeat(5000);
    for (const words of [
      ['new', '--name', long],
      ['new', '--tag', `${long}=1`],
      ['new', '--budget-usd', long],
      ['show', long],
      [long],
    ]) {
      const { stderr } = await place.run(words);
      expect(stderr).toContain(`"${'x'.repeat(160)}…"`);
      expect(stderr.length).toBeLessThan(700);
    }
  });

  it('names what a tag and a name may be', async () => {
    expect((await place.run(['new', '--tag', 'a b=1'])).stderr).toMatch(/not a valid tag.*up to 64 .*256/s);
    expect((await place.run(['new', '--name=-a'])).stderr).toMatch(/not a valid name.*up to 64/s);
  });
});

describe('what to do about a mistake', () => {
  it('is to name another directory, with --root only where that is an option', async () => {
    expect((await place.run(['new', '--root', 'none'])).stderr).toContain('--root');
    expect((await place.run(['trust', 'none'])).stderr).not.toContain('--root');
  });

  it('is to use --if-missing only where that is an option', async () => {
    await place.run(['new', '--name', 'taken']);
    const id = (await place.run(['new', '--name', 'other'])).stdout.trim();
    expect((await place.run(['new', '--name', 'taken'])).stderr).toContain('--if-missing');
    for (const verb of ['set', 'fork']) {
      const { status, stderr } = await place.run([verb, id, '--name', 'taken']);
      expect([status, stderr]).toEqual([2, expect.stringMatching(/session set [0-9a-f]{8} --name NAME/)]);
      expect(stderr).not.toContain('--if-missing');
    }
  });

  it('is to tell sessions of one name apart by their roots', async () => {
    for (const root of ['a', 'b']) {
      mkdirSync(path.join(place.root, root));
      await place.run(['new', '--name', 'twin', '--root', root]);
    }
    const { status, stderr } = await place.run(['show', 'twin']);
    expect(status).toBe(4);
    for (const root of ['a', 'b']) expect(stderr).toContain(`(${path.join(place.root, root)})`);
  });

  it('names the shell that has no completions', async () => {
    const { status, stderr } = await place.run(['completion', 'install'], { env: { SHELL: '/bin/ksh' } });
    expect([status, stderr]).toEqual([2, expect.stringContaining('There are no completions for ksh.')]);
  });

  it.each([
    [['new', '--no-warm'], '"session new" does not take --no-warm.'],
    [['new', '--sys-prompt', 'x', '-z'], '"session new" does not take --sys-prompt, -z.'],
    [['list', 'all'], '"session list" does not take "all".'],
  ])('names what is not known once: %j', async (words, said) => {
    const { status, stderr } = await place.run(words);
    expect([status, stderr]).toEqual([2, expect.stringContaining(`session: ${said}\n`)]);
  });

  it('is told in JSON also where the form comes first', async () => {
    expect(JSON.parse((await place.run(['--json', 'nope'])).stdout)).toMatchObject({
      code: 'USAGE',
      message: expect.stringContaining('There is no command "nope".') as string,
    });
  });
});

describe('a home that can not be one', () => {
  it.each(['file', 'file/x', 'loop'])('is told in a sentence: %s', async (name) => {
    writeFileSync(path.join(place.top, 'file'), '');
    symlinkSync('loop', path.join(place.top, 'loop'));
    const env = { CLAUDE_SESSION_HOME: path.join(place.top, name) };
    for (const words of [
      ['list'],
      ['store', 'status'],
      ['config', 'list'],
      ['config', 'set', 'timeout', '5m'],
      ['gc'],
    ]) {
      const { status, stderr } = await place.run(words, { env });
      expect([status, stderr]).toEqual([
        2,
        expect.stringMatching(
          /^session: \S+ (is not a directory|can't be used \(\w+\)|cannot be read \(\w+\))\.\n(.*HOME\.\n)?$/,
        ),
      ]);
    }
  });
});

describe('what does not exist', () => {
  it('is told of where it is a root to list, unless sessions have it', async () => {
    const none = await place.run(['list', '--root', 'none']);
    expect([none.status, none.stdout, none.stderr]).toEqual([
      0,
      '',
      expect.stringContaining('there is no directory'),
    ]);
    const gone = path.join(place.root, 'gone');
    mkdirSync(gone);
    expect(await place.run(['list', '--root', 'gone'])).toMatchObject({ status: 0, stdout: '', stderr: '' });
    await place.run(['new', '--root', 'gone']);
    rmdirSync(gone);
    expect((await place.run(['list', '--root', 'gone'])).stdout).toContain(gone);
  });

  it('is told of where it was an added directory', async () => {
    const added = path.join(place.root, 'added');
    mkdirSync(added);
    const id = (await place.run(['new', '--add-dir', 'added'])).stdout.trim();
    expect((await place.run(['send', id, 'say x'])).stderr).not.toContain(added);
    rmdirSync(added);
    expect((await place.run(['send', id, 'say x'])).stderr).toContain(
      `The added directory ${added} does not exist any more.`,
    );
  });
});

it('a change that changes nothing says so', async () => {
  const id = (await place.run(['new', '--name', 'here'])).stdout.trim();
  const said = async (...words: string[]): Promise<string> => (await place.run(words)).stderr;
  expect(await said('set', id, '--model', 'x')).toContain('is changed');
  expect(await said('set', id, '--model', 'x', '--name', 'here')).toContain(`${id} already has`);
  expect(await said('mode', id, 'user')).toContain(`${id} is already in user mode`);
  expect(await said('study', id, '--clear')).toContain(`${id} already has no study`);
  await place.run(['rm', id]);
  expect(await said('rm', id)).toContain(`${id} is already in the trash`);
});

it('help and the version have the form that is asked for', async () => {
  const json = async (...words: string[]): Promise<unknown> => JSON.parse((await place.run(words)).stdout);
  const help = await place.run(['help', 'gc']);
  expect(await json('help', 'gc', '--json')).toEqual({ help: help.stdout.trimEnd() });
  expect(await json('gc', '--help', '--ndjson')).toEqual({ help: help.stdout.trimEnd() });
  expect(await json('--version', '--json')).toEqual({
    version: (await place.run(['--version'])).stdout.trimEnd(),
  });
});

it('Markdown is refused where JSON is asked for', async () => {
  const id = (await place.run(['new'])).stdout.trim();
  const { status, stderr } = await place.run(['history', id, '--markdown', '--json']);
  expect([status, stderr]).toEqual([2, expect.stringContaining('--markdown is text to read, not json.')]);
});

it('a turn that failed without an answer shows it', async () => {
  const id = (await place.run(['new', '--name', 'failing'])).stdout.trim();
  await place.run(['send', id, 'fail 400']);
  await place.run(['send', id, 'say fine']);
  expect((await place.run(['history', id])).stdout).toContain('\nturn 1: failed\n');
  expect((await place.run(['history', id, '--markdown'])).stdout).toContain('\n*Turn 1: failed*\n');
  const exported = (await place.run(['export', id, '--format', 'markdown'])).stdout;
  expect(exported).toContain('\n*Turn 1: failed*\n');
  expect(exported).not.toContain('Turn 2');
  expect((await place.run(['export', id, '--format', 'html'])).stdout).toContain('<span class=bad>failed<');
  expect((await place.run(['stats', '--by', 'session'])).stdout).toContain(`${id} failing`);
  expect(JSON.parse((await place.run(['stats', '--by', 'session', '--json'])).stdout)).toMatchObject([
    { key: id, name: 'failing' },
  ]);
});

it('a name has no blanks around it', async () => {
  const id = (await place.run(['new', '--name', ' a b '])).stdout.trim();
  for (const name of ['a b', 'a b '])
    expect(JSON.parse((await place.run(['show', name, '--json'])).stdout)).toMatchObject({ id, name: 'a b' });
});
