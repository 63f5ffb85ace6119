import { mkdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import type { SessionRecord } from '../../src/model/records.ts';
import { DAY, HOUR, OldSessions } from '../support/old-sessions.ts';
import { makeWorkplace } from '../support/run-command.ts';
import type { Workplace } from '../support/run-command.ts';

let place: Workplace;
let sessions: OldSessions;
beforeEach(() => {
  place = makeWorkplace();
  sessions = new OldSessions(place);
});

async function json(...words: string[]): Promise<unknown> {
  return JSON.parse((await place.run([...words, '--json'])).stdout);
}

const show = async (id: string): Promise<SessionRecord> => (await json('show', id)) as SessionRecord;

describe('set --name', () => {
  it('gives a session a name it answers to', async () => {
    const id = await sessions.add(HOUR, { name: 'old' });
    expect(await place.run(['set', 'old', '--name', 'new one', '-q'])).toEqual({
      status: 0,
      stdout: '',
      stderr: '',
    });
    expect((await show('new one')).id).toBe(id);
    expect((await place.run(['show', 'old'])).status).toBe(4);
    expect(await json('set', id, '--name', 'third')).toMatchObject({ id, name: 'third' });
  });

  it('refuses names that are taken under the root, or are none', async () => {
    const id = await sessions.add(HOUR);
    await sessions.add(HOUR, { name: 'taken' });
    await sessions.add(HOUR, { name: 'elsewhere', root: '/else' });
    expect((await place.run(['set', id, '--name', 'taken'])).status).toBe(2);
    for (const name of ['', '@last', '-x', '../x', 'x'.repeat(65)])
      expect((await place.run(['set', id, `--name=${name}`])).status).toBe(2);
    expect((await show(id)).name).toBeNull();
    expect((await place.run(['set', id, '--name', 'elsewhere'])).status).toBe(0);
  });

  it('needs neither the root nor the study of the session', async () => {
    const id = await sessions.add(HOUR, { root: '/gone', study: 'gone' });
    expect(await json('set', id, '--name', 'kept', '--pin')).toMatchObject({ name: 'kept', pinned: true });
  });
});

describe('set --tag', () => {
  it('adds, changes and removes', async () => {
    const id = await sessions.add(HOUR, { tags: { team: 'fem', ci: '' } });
    const words = ['set', id, '--tag', 'team=cfd', '--tag', 'note=a=b', '--untag', 'ci', '-q'];
    expect(await place.run(words)).toEqual({ status: 0, stdout: '', stderr: '' });
    expect((await show(id)).tags).toEqual({ team: 'cfd', note: 'a=b' });
    expect(await json('set', id, '--untag', 'note', '--untag', 'unknown')).toMatchObject({
      tags: { team: 'cfd' },
    });
  });

  it.each([[['--tag', '=x']], [['--tag', 'a b']], [['--tag', 'ci', '--untag', 'ci']]])(
    'refuses %j',
    async (words) => {
      const id = await sessions.add(HOUR);
      expect((await place.run(['set', id, ...words])).status).toBe(2);
      expect((await show(id)).tags).toEqual({});
    },
  );
});

it('set --pin keeps sessions from gc, and --no-pin lets it have them again', async () => {
  const ids = [await sessions.add(9 * DAY), await sessions.add(9 * DAY)];
  for (const id of ids) expect(await json('set', id, '--pin')).toMatchObject({ id, pinned: true });
  expect(await json('gc')).toMatchObject({ trashed: { sessions: 0 } });
  expect(await json('set', ids[0]!, '--no-pin')).toMatchObject({ pinned: false });
  expect((await place.run(['set', ids[0]!, '--pin', '--no-pin'])).status).toBe(2);
  expect(await json('gc')).toMatchObject({ trashed: { sessions: 1 }, kept: { reasons: { pinned: 1 } } });
});

describe('set without options', () => {
  it('shows what can be changed, as it is', async () => {
    const id = await sessions.add(HOUR, { name: 'nightly', tags: { team: 'fem', ci: '' }, root: '/r' });
    expect((await place.run(['set', id])).stdout).toBe(
      `${[
        'name:           nightly',
        'root:           /r',
        'model:          -',
        'effort:         -',
        'fallback-model: -',
        'add-dir:        -',
        'system-prompt:  -',
        'context:        -',
        'mcp-config:     -',
        'budget-usd:     -',
        'tag:            team=fem ci',
        'allowed-tools:  -',
        'ask:            no',
        'warm:           no',
        'pin:            no',
      ].join('\n')}\n`,
    );
    const told = {
      id,
      name: 'nightly',
      pinned: false,
      system_prompt: null,
      context_files: [],
      mcp_configs: [],
    };
    expect(await json('set', id)).toMatchObject(told);
  });
});

it.each([
  ['rename', 'set ID --name NAME'],
  ['tag', 'set ID --tag KEY=VALUE'],
  ['pin', 'set ID --pin'],
  ['unpin', 'set ID --no-pin'],
])('%s is done by set, which a usage error says', async (verb, instead) => {
  const { status, stdout, stderr } = await place.run([verb, 'nightly', 'x', '--json']);
  const message = `There is no command "${verb}"; use: session ${instead}.`;
  expect([status, JSON.parse(stdout)]).toMatchObject([2, { code: 'USAGE', message }]);
  expect(stderr).toContain(message);
});

describe('list', () => {
  const list = async (...flags: string[]): Promise<string[]> =>
    ((await json('list', ...flags)) as SessionRecord[]).map(({ name, id }) => name ?? id);

  beforeEach(async () => {
    mkdirSync(path.join(place.top, 'other'));
    symlinkSync(path.join(place.top, 'other'), path.join(place.top, 'link'));
    await sessions.add(3 * DAY, { name: 'three', tags: { ci: 'yes' } });
    await sessions.add(1 * DAY, { name: 'one', mode: 'power', study: 'wing' });
    await sessions.add(2 * DAY, {
      name: 'two',
      root: path.join(place.top, 'other'),
      tags: { ci: 'no', x: '' },
    });
    await sessions.addTrashed(HOUR, { name: 'gone' });
  });

  it('is sorted by activity, newest first', async () => {
    expect(await list()).toEqual(['one', 'two', 'three']);
  });

  it.each([
    ['--mode power', ['one']],
    ['--study wing', ['one']],
    ['--root .', ['one', 'three']],
    ['--root ../other', ['two']],
    ['--root ../link', ['two']],
    ['--root /nowhere', []],
    ['--tag ci', ['two', 'three']],
    ['--tag ci=yes', ['three']],
    ['--tag ci --tag x', ['two']],
    ['--since 60h', ['one', 'two']],
    ['--limit 2', ['one', 'two']],
    ['--trash', ['gone']],
    ['--state trashed', ['gone']],
    ['--state idle', ['one', 'two', 'three']],
    ['--state running', []],
    ['--state warm', []],
    ['--state idle --mode user --since 60h', ['two']],
  ])('%s', async (flags, expected) => {
    expect(await list(...flags.split(' '))).toEqual(expected);
  });

  it('knows what runs', async () => {
    const id = await sessions.addRunning(HOUR);
    expect(await list('--state', 'running')).toEqual([id]);
    expect(await list('--state', 'idle')).toEqual(['one', 'two', 'three']);
    const [record] = (await json('list', '--state', 'running')) as SessionRecord[];
    expect(record?.state).toBe('running');
  });

  it('says how many there are when it does not show all', async () => {
    const { stderr } = await place.run(['list', '--limit', '2', '--state', 'idle']);
    expect(stderr).toContain('2 of 3');
    expect((await place.run(['list', '--limit', '3'])).stderr).toBe('');
  });

  it('has the same columns whatever is in them, and prints nothing when there is nothing', async () => {
    const columns = async (...flags: string[]): Promise<string[]> =>
      (await place.run(['list', ...flags])).stdout.split('\n')[0]!.split(/ +/);
    expect(await columns()).toEqual([
      'ID',
      'NAME',
      'STATE',
      'MODE',
      'STUDY',
      'TURNS',
      'COST',
      'ACTIVE',
      'ROOT',
    ]);
    expect(await columns('--trash')).toEqual(await columns());
    expect(await place.run(['list', '--mode', 'user', '--study', 'x'])).toEqual({
      status: 0,
      stdout: '',
      stderr: '',
    });
    expect(await json('list', '--study', 'x')).toEqual([]);
  });

  it.each([['--trash --state idle'], ['--limit 0'], ['--since yesterday'], ['--state busy'], ['--tag =']])(
    '%s is a usage error',
    async (flags) => {
      expect((await place.run(['list', ...flags.split(' ')])).status).toBe(2);
    },
  );
});
