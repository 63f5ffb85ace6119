import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { DAY, OldSessions } from '../support/old-sessions.ts';
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

async function ids(...flags: string[]): Promise<string[]> {
  return ((await json('list', ...flags)) as { id: string }[]).map(({ id }) => id).toSorted();
}

describe('rm', () => {
  it('moves to the trash, where the id finds it, and the name as long as no live session has it', async () => {
    const id = await sessions.add(DAY, { name: 'nightly' });
    const { status, stdout, stderr } = await place.run(['rm', 'nightly']);
    expect([status, stdout]).toEqual([0, '']);
    expect(stderr).toContain(`session restore ${id}`);
    expect(await ids()).toEqual([]);
    expect(await ids('--trash')).toEqual([id]);
    expect(await json('show', 'nightly')).toMatchObject({ id, state: 'trashed' });
    expect((await place.run(['send', 'nightly', 'say x'])).status).toBe(4);
    expect(await json('show', id.slice(0, 7))).toMatchObject({ id, state: 'trashed' });
    expect((await place.run(['history', id])).status).toBe(0);
    const live = await sessions.add(DAY, { name: 'nightly' });
    expect(await json('show', 'nightly')).toMatchObject({ id: live, state: 'idle' });
  });

  it('takes several, and says in JSON what became of each', async () => {
    const all = [await sessions.add(DAY), await sessions.add(DAY), await sessions.addTrashed(DAY)];
    expect(await json('rm', ...all)).toEqual([
      { session_id: all[0], action: 'trash', transcripts: 0 },
      { session_id: all[1], action: 'trash', transcripts: 0 },
      { session_id: all[2], action: 'none', transcripts: 0 },
    ]);
  });

  it('does nothing at all when one of several is unknown, or has a turn that runs', async () => {
    const id = await sessions.add(DAY);
    expect((await place.run(['rm', id, 'unknown'])).status).toBe(4);
    const running = await sessions.addRunning(DAY);
    const { status, stderr } = await place.run(['rm', id, running]);
    expect(status).toBe(6);
    expect(stderr).toContain(running);
    expect(stderr).toContain('--force');
    expect(await ids('--trash')).toEqual([]);
  });

  it('finishes what a killed send left, and then takes it', async () => {
    const id = await sessions.addKilled(DAY);
    expect((await place.run(['rm', id])).status).toBe(0);
    const messages = (await json('history', id)) as { content: string }[];
    expect(messages.at(-1)?.content).toBe('Halb gesagt: ä');
  });

  it('has new turns refused, before and after anything is sent', async () => {
    const id = await sessions.add(DAY);
    await place.run(['rm', id]);
    const { status, stderr } = await place.run(['send', id, 'hello']);
    expect(status).toBe(4);
    expect(stderr).toContain(`session restore ${id}`);
    expect((await json('show', id)) as object).toMatchObject({ message_count: 2 });
  });

  it('does not care about the settings of a project that is broken or gone', async () => {
    writeFileSync(path.join(place.root, '.session.json'), '{ broken');
    const here = await sessions.add(DAY);
    const gone = await sessions.add(DAY, { root: '/no/such/root' });
    expect((await place.run(['rm', here, gone])).status).toBe(0);
  });
});

describe('a session in the trash', () => {
  it.each([
    ['set', 'ID', '--pin'],
    ['mode', 'ID', 'power'],
    ['study', 'ID', '--clear'],
    ['fork', 'ID'],
    ['export', 'ID'],
    ['wait', 'ID'],
    ['watch', 'ID'],
    ['cancel', 'ID'],
    ['stop', 'ID'],
    ['approvals', 'ID'],
    ['send', 'ID', 'say x', '--dry-run'],
    ['send', 'ID', 'say x', '--detach'],
  ])('is refused by %s, with the command that brings it back', async (...words) => {
    const id = await sessions.addTrashed(DAY);
    const { status, stdout, stderr } = await place.run(words.map((word) => (word === 'ID' ? id : word)));
    expect([status, stdout]).toEqual([4, '']);
    expect(stderr).toContain(`session restore ${id}`);
  });

  it('is told of where a new session takes its name', async () => {
    const old = await sessions.addTrashed(DAY, { name: 'nightly' });
    const { status, stdout, stderr } = await place.run(['new', '--name', 'nightly', '--if-missing']);
    expect(status).toBe(0);
    const created = stdout.trim();
    expect(stderr).toContain(`session rm ${created} && session restore ${old}`);
    expect((await place.run(['new', '--name', 'nightly', '--if-missing'])).stderr).toBe('');
    expect((await place.run(['rm', created])).status).toBe(0);
    expect((await place.run(['restore', old])).status).toBe(0);
    expect(await json('show', 'nightly')).toMatchObject({ id: old, state: 'idle' });
  });
});

describe('rm --purge', () => {
  it('deletes for good, with the run files', async () => {
    const id = await sessions.add(DAY);
    const kept = await sessions.add(DAY);
    sessions.addLeftovers(id);
    expect(await json('rm', id, '--purge')).toEqual([{ session_id: id, action: 'purge', transcripts: 0 }]);
    expect(await ids('--trash')).toEqual([]);
    expect(await ids()).toEqual([kept]);
    expect((await place.run(['show', id])).status).toBe(4);
    expect(readdirSync(place.paths.run)).toEqual([]);
  });

  it('takes from the trash as well', async () => {
    const id = await sessions.addTrashed(DAY, { pinned: true });
    expect((await place.run(['rm', id, '--purge'])).status).toBe(0);
    expect(await ids('--trash')).toEqual([]);
  });

  it.each([
    ['HOME', ['.claude', 'projects']],
    ['CLAUDE_CONFIG_DIR', ['config', 'projects']],
  ])(
    'with --transcript removes all that claude keeps by its id below %s, and only that',
    async (variable, folder) => {
      const uuid = '11111111-2222-4333-8444-555555555555';
      const id = await sessions.add(DAY, { agent: 'claude' });
      await sessions.store((store) => store.sessions.change(id, { agentSessionId: uuid }));
      const project = path.join(place.top, ...folder, '-somewhere-else');
      mkdirSync(path.join(project, uuid), { recursive: true });
      const home = path.dirname(path.dirname(project));
      const scratch = path.join(place.top, 'tmp', `claude-${process.getuid?.() ?? 0}`, '-somewhere-else');
      const own = ['session-env', 'file-history', 'tasks'].map((name) => path.join(home, name, uuid));
      own.push(path.join(project, uuid, 'subagents'), path.join(project, uuid, 'tool-results'));
      own.push(path.join(scratch, uuid, 'tasks'));
      for (const each of own) mkdirSync(each, { recursive: true });
      for (const each of own) writeFileSync(path.join(each, 'x.jsonl'), '{}\n');
      mkdirSync(path.join(home, 'todos'));
      for (const name of [`${uuid}-agent-${uuid}.json`, `9${uuid.slice(1)}-agent-${uuid}.json`])
        writeFileSync(path.join(home, 'todos', name), '[]');
      const others = [`${uuid}.jsonl.bak`, `x${uuid}.jsonl`, '99999999-2222-4333-8444-555555555555.jsonl'];
      for (const name of [`${uuid}.jsonl`, ...others]) writeFileSync(path.join(project, name), '{}\n');
      writeFileSync(path.join(project, '..', `${uuid}.jsonl`), '{}\n');
      const env = {
        HOME: place.top,
        TMPDIR: path.join(place.top, 'tmp'),
        ...(variable !== 'HOME' && { [variable]: path.join(place.top, 'config') }),
      };
      const { stdout } = await place.run(['rm', id, '--purge', '--transcript', '--json'], { env });
      expect(JSON.parse(stdout)).toEqual([{ session_id: id, action: 'purge', transcripts: 1 }]);
      expect(readdirSync(project).toSorted()).toEqual(others.toSorted());
      expect(own.filter((each) => existsSync(each))).toEqual([]);
      expect(readdirSync(path.join(home, 'todos'))).toEqual([`9${uuid.slice(1)}-agent-${uuid}.json`]);
      expect(existsSync(path.join(project, '..', `${uuid}.jsonl`))).toBe(true);
    },
  );

  it('deletes also what holds a file that can not be removed, and fails then', async () => {
    const id = await sessions.add(DAY, { agent: 'claude' });
    const agentSessionId = '11111111-2222-4333-8444-555555555555';
    await sessions.store((store) => store.sessions.change(id, { agentSessionId }));
    const projects = path.join(place.top, '.claude', 'projects');
    mkdirSync(path.join(projects, 'p'), { recursive: true });
    writeFileSync(path.join(projects, 'p', `${agentSessionId}.jsonl`), '');
    symlinkSync('session-env', path.join(place.top, '.claude', 'session-env'));
    const { status, stderr } = await place.run(['rm', id, '--purge', '--transcript']);
    expect([status, stderr]).toEqual([1, expect.stringContaining('could not be removed (ELOOP)')]);
    expect(await ids('--trash')).toEqual([]);
    expect(readdirSync(path.join(projects, 'p'))).toEqual([]);
  });

  it('follows no path that an agent made up', async () => {
    const id = await sessions.add(DAY, { agent: 'claude' });
    await sessions.store((store) => store.sessions.change(id, { agentSessionId: '../../precious' }));
    const projects = path.join(place.top, '.claude', 'projects');
    mkdirSync(path.join(projects, 'p'), { recursive: true });
    const precious = path.join(place.top, '.claude', 'precious.jsonl');
    writeFileSync(precious, '');
    const { stderr } = await place.run(['rm', id, '--purge', '--transcript']);
    expect(stderr).toContain('no transcript');
    expect(existsSync(precious)).toBe(true);
  });

  it('is asked for before a transcript is', async () => {
    const id = await sessions.add(DAY);
    expect((await place.run(['rm', id, '--transcript'])).status).toBe(2);
    expect(await ids()).toEqual([id]);
  });
});

describe('restore', () => {
  it('brings a session back as active now', async () => {
    const id = await sessions.addTrashed(DAY, { name: 'nightly' });
    expect(await json('restore', id)).toMatchObject({ id, state: 'idle', trashed_at: null });
    const [session] = (await json('list')) as { last_active_at: string }[];
    expect(Date.now() - Date.parse(session!.last_active_at)).toBeLessThan(60_000);
    const again = await place.run(['restore', 'nightly']);
    expect([again.status, again.stderr]).toEqual([0, expect.stringContaining('not in the trash')]);
  });

  it('says what to do when the name was given away, and can be done then', async () => {
    const id = await sessions.addTrashed(DAY, { name: 'nightly' });
    const other = await sessions.add(DAY, { name: 'nightly' });
    const { status, stderr } = await place.run(['restore', id]);
    expect(status).toBe(2);
    expect(stderr).toContain(other);
    expect(stderr).toContain('session set ID --name NAME');
    await place.run(['set', other, '--name', 'latter']);
    expect((await place.run(['restore', id])).status).toBe(0);
    expect(await json('show', 'nightly')).toMatchObject({ id });
  });

  it('takes a name that only one in the trash has', async () => {
    const id = await sessions.addTrashed(DAY, { name: 'nightly' });
    expect(await json('restore', 'nightly')).toMatchObject({ id, name: 'nightly', state: 'idle' });
    const twins = [
      await sessions.addTrashed(DAY, { name: 'twin' }),
      await sessions.addTrashed(DAY, { name: 'twin' }),
    ];
    const { status, stderr } = await place.run(['restore', 'twin']);
    expect(status).toBe(4);
    for (const twin of twins) expect(stderr).toContain(twin);
  });
});
