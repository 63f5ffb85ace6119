import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import type { GcRecord } from '../../src/model/records.ts';
import { DAY, HOUR, OldSessions } from '../support/old-sessions.ts';
import { makeWorkplace } from '../support/run-command.ts';
import type { Workplace } from '../support/run-command.ts';
import { ask, chain, say, SESSION } from '../support/transcripts.ts';

/** Some of everything that gc tells apart. */
async function arrange(): Promise<{ place: Workplace; sessions: OldSessions; ids: Record<string, string> }> {
  const place = makeWorkplace();
  const sessions = new OldSessions(place);
  const ids = {
    old: await sessions.add(3 * DAY, { name: 'old' }),
    older: await sessions.add(5 * DAY, { root: '/else', name: 'older' }),
    oldest: await sessions.add(9 * DAY, { root: '/else' }),
    young: await sessions.add(2 * HOUR),
    pinned: await sessions.add(50 * DAY, { pinned: true }),
    running: await sessions.addRunning(40 * DAY),
    killed: await sessions.addKilled(40 * DAY),
    trashed: await sessions.addTrashed(10 * DAY),
    forgotten: await sessions.addTrashed(31 * DAY),
    kept: await sessions.addTrashed(99 * DAY, { pinned: true }),
  };
  sessions.addLeftovers(ids.old);
  sessions.addLeftovers('deadbeef');
  return { place, sessions, ids };
}

async function collect(place: Workplace, ...flags: string[]): Promise<GcRecord> {
  const { status, stdout, stderr } = await place.run(['gc', '--json', ...flags]);
  expect([status, stderr]).toEqual([0, '']);
  return JSON.parse(stdout) as GcRecord;
}

async function listIds(place: Workplace, ...flags: string[]): Promise<string[]> {
  const { stdout } = await place.run(['list', '--json', ...flags]);
  return (JSON.parse(stdout) as { id: string }[]).map(({ id }) => id).toSorted();
}

/** Everything below a home, to the byte. */
function fingerprint(place: Workplace): string {
  const hash = createHash('sha256');
  for (const each of readdirSync(place.paths.home, { recursive: true, withFileTypes: true })) {
    const file = `${each.parentPath}/${each.name}`;
    if (!file.startsWith(place.paths.cache))
      hash.update(`${file}\0${each.isFile() ? readFileSync(file, 'hex') : ''}\0`);
  }
  return hash.digest('hex');
}

describe('a dry run', () => {
  it.each([
    [''],
    ['--max-age 0'],
    ['--max-age 4d --purge-after 9d'],
    ['--purge-after 0'],
    ['--max-age 0 --purge-after 0'],
    ['--keep-last 1'],
    ['--keep-last 2 --max-size 1B'],
    ['--max-size 450B'],
    ['--max-size 650B --max-age 100d'],
    ['--max-size 0 --purge-after 0 --max-age 0'],
    ['--max-size 10GB'],
    // Only what the killed turn said is too much.
    ['--max-size 930B --purge-after 199d'],
  ])('with "%s" says to the byte what the real run says, and changes nothing', async (flags) => {
    const { place } = await arrange();
    const words = flags.split(' ').filter((word) => word !== '');
    const before = fingerprint(place);
    const dry = await place.run(['gc', '--ndjson', '--dry-run', ...words]);
    const dryText = await place.run(['gc', '--dry-run', '-v', ...words]);
    expect(fingerprint(place)).toBe(before);
    const real = await place.run(['gc', '--ndjson', ...words]);
    expect(real).toEqual(dry);
    const again = await place.run(['gc', '--dry-run', '-v', ...words]);
    expect([dry.status, dry.stderr, dryText.status]).toEqual([0, '', 0]);
    expect(dry.stdout).toContain('"settled_turns":1');
    expect(again.stdout).not.toBe(dryText.stdout);
  });

  it('creates nothing where nothing is', async () => {
    const place = makeWorkplace();
    const { trashed, kept } = await collect(place, '--dry-run');
    expect([trashed.sessions, kept.sessions]).toEqual([0, 0]);
    expect(existsSync(place.paths.home)).toBe(false);
  });
});

describe('the report', () => {
  it('counts what was done, and gives a reason for everything that was kept', async () => {
    const { place, ids } = await arrange();
    const record = await collect(place, '--keep-last', '1');
    expect(record).toEqual({
      type: 'gc',
      settled_turns: 1,
      stopped_agents: 0,
      trashed: { sessions: 2, bytes: 200 },
      purged: { sessions: 1, bytes: 100 },
      purged_for_size: { sessions: 0, bytes: 0 },
      removed_directories: 2,
      kept: {
        sessions: 7,
        bytes: expect.any(Number),
        reasons: { pinned: 2, running: 1, warm: 0, young: 2, last: 1, trash: 1 },
      },
      stored_bytes: record.kept.bytes + 200,
      freed_bytes: null,
    });
    expect(await listIds(place, '--trash')).toEqual(
      [ids['kept'], ids['oldest'], ids['old'], ids['trashed']].toSorted(),
    );
    expect(await listIds(place)).toEqual(
      [ids['older'], ids['young'], ids['pinned'], ids['running'], ids['killed']].toSorted(),
    );
    expect(readdirSync(place.paths.run)).toEqual([]);
  });

  it('says in bytes what the sessions really hold', async () => {
    const { place, sessions } = await arrange();
    const { stored_bytes } = await collect(place);
    let sum = 0;
    await sessions.store(async (store) => {
      for (const { id } of await store.sessions.list({ trash: 'all' }))
        for (const message of await store.messages.list({ sessionId: id }, { toolCalls: true })) {
          sum += Buffer.byteLength(message.content);
          for (const { input } of message.toolCalls) sum += Buffer.byteLength(JSON.stringify(input));
        }
    });
    expect(stored_bytes).toBe(sum);
  });

  it('is silent in text unless it is asked for', async () => {
    const { place } = await arrange();
    expect(await place.run(['gc'])).toEqual({ status: 0, stdout: '', stderr: '' });
    const { stdout, stderr } = await place.run(['gc', '-v', '--max-age', '1h']);
    expect(stderr).toBe('');
    expect(stdout.split('\n')).toEqual([
      expect.stringMatching(/^trash {2}0000a003 {4}100 B {2}- {2}\/.*root$/),
      'trash:  1 session, 100 B',
      expect.stringMatching(
        /^keep: {3}8 sessions, \d+ B \(2 pinned, 1 running, 1 not old enough, 4 not long enough in the trash\)$/,
      ),
      '',
    ]);
  });

  it('names each session in NDJSON, with what becomes of it', async () => {
    const { place, ids } = await arrange();
    const { stdout } = await place.run(['gc', '--ndjson']);
    const records = stdout
      .trim()
      .split('\n')
      .map((text) => JSON.parse(text) as Record<string, unknown>);
    expect(records.map(({ type, action, session_id }) => [type, action, session_id])).toEqual([
      ['gc_session', 'trash', ids['oldest']],
      ['gc_session', 'trash', ids['older']],
      ['gc_session', 'trash', ids['old']],
      ['gc_session', 'purge', ids['forgotten']],
      ['gc', undefined, undefined],
    ]);
    expect(records[1]).toMatchObject({ name: 'older', root: '/else', bytes: 100 });
  });
});

describe('what is collected', () => {
  it('is nothing a second time', async () => {
    const { place } = await arrange();
    await collect(place);
    const record = await collect(place);
    expect(record).toMatchObject({
      settled_turns: 0,
      trashed: { sessions: 0 },
      purged: { sessions: 0 },
      removed_directories: 0,
    });
  });

  it('frees room from the trash first, oldest first, then from the live', async () => {
    const { place, ids } = await arrange();
    const { stored_bytes: all } = await collect(
      place,
      '--dry-run',
      '--max-age',
      '99d',
      '--purge-after',
      '99d',
    );
    const left = async (bytes: number): Promise<string[]> => {
      await collect(place, '--max-age', '99d', '--purge-after', '99d', '--max-size', `${bytes}B`);
      return await listIds(place);
    };
    const live = await listIds(place);
    expect(await left(all - 1)).toEqual(live);
    expect(await listIds(place, '--trash')).toEqual([ids['trashed'], ids['kept']].toSorted());
    expect(await left(all - 200)).toEqual(live);
    expect(await listIds(place, '--trash')).toEqual([ids['kept']]);
    expect(await left(all - 201)).toEqual(live.filter((id) => id !== ids['oldest']));
    expect(await left(0)).toEqual([ids['pinned'], ids['running']].toSorted());
    const record = await collect(place, '--max-size', '0');
    expect(record.purged_for_size).toEqual({ sessions: 0, bytes: 0 });
    expect(record.stored_bytes).toBeGreaterThan(0);
  });

  it('keeps what was said by a turn that was killed, and counts it as active', async () => {
    const { place, ids } = await arrange();
    await collect(place, '--max-age', '1h');
    const { stdout } = await place.run(['history', ids['killed']!, '--json']);
    expect(JSON.parse(stdout).at(-1)).toMatchObject({
      role: 'assistant',
      content: 'Halb gesagt: ä',
      status: 'interrupted',
    });
  });

  it('spares what was just restored', async () => {
    const { place, ids } = await arrange();
    await collect(place);
    await place.run(['restore', ids['old']!]);
    await collect(place);
    expect(await listIds(place)).toContain(ids['old']);
  });

  it('leaves directories alone in which an agent may be at work, and what is not ours', async () => {
    const { place, sessions, ids } = await arrange();
    const { paths } = place;
    sessions.addLeftovers('0000feed');
    const alive = JSON.stringify({ owner: `${process.ppid}.@elsewhere` });
    writeFileSync(paths.agentIdentity('0000feed', 4_711), alive);
    mkdirSync(`${paths.run}/notes`);
    mkdirSync(paths.sessionRun(ids['running']!));
    expect(await collect(place, '--dry-run')).toMatchObject({ removed_directories: 2 });
    await collect(place);
    expect(readdirSync(paths.run).toSorted()).toEqual(['0000feed', ids['running'], 'notes'].toSorted());
  });
});

describe('the limits', () => {
  it('come from the settings where no flag says otherwise', async () => {
    const { place } = await arrange();
    const retention = { maxAge: '4d', purgeAfter: '5d', keepLast: 1, maxSize: '10GB' };
    writeFileSync(place.paths.config, JSON.stringify({ retention }));
    expect(await collect(place, '--dry-run')).toMatchObject({
      trashed: { sessions: 1 },
      purged: { sessions: 2 },
      kept: { reasons: { last: 1 } },
    });
    expect(await collect(place, '--dry-run', '--keep-last', '0')).toMatchObject({ trashed: { sessions: 2 } });
  });

  it('are no business of a project', async () => {
    const { place } = await arrange();
    writeFileSync(`${place.root}/.session.json`, '{ broken');
    expect(await collect(place, '--dry-run')).toMatchObject({ trashed: { sessions: 3 } });
  });

  it.each([
    ['--max-age', 'soon'],
    ['--idle', '10'],
    ['--purge-after', '-1d'],
    ['--keep-last', '-1'],
    ['--max-size', 'much'],
    ['--max-size', '5'],
  ])('%s %s is a usage error', async (flag, value) => {
    const { status, stderr } = await makeWorkplace().run(['gc', `${flag}=${value}`]);
    expect(status).toBe(2);
    expect(stderr).toContain(flag);
  });
});

describe('of what is purged', () => {
  const conversation = (n: number): string => `${n}1111111-2222-4333-8444-555555555555`;
  const ALL = ['--max-age', '0', '--purge-after', '0'];
  let place: Workplace;
  let sessions: OldSessions;
  let project: string;
  beforeEach(() => {
    place = makeWorkplace();
    sessions = new OldSessions(place);
    project = `${place.top}/.claude/projects/${place.root.replaceAll(/[^A-Za-z0-9]/g, '-')}`;
  });

  /** Has a session's turns made conversations, and claude keep them. */
  async function converse(id: string, ...numbers: number[]): Promise<void> {
    for (const agentSessionId of numbers.map(conversation)) {
      await sessions.store((store) => store.sessions.change(id, { agentSessionId }));
      mkdirSync(`${project}/${agentSessionId}/subagents`, { recursive: true });
      writeFileSync(`${project}/${agentSessionId}/subagents/agent-x.jsonl`, '{}\n');
      writeFileSync(`${project}/${agentSessionId}.jsonl`, '{}\n');
    }
  }

  const left = (): string[] => readdirSync(project).toSorted();

  it('the agent keeps no conversation that no other session has', async () => {
    const gone = await sessions.addTrashed(31 * DAY, { agent: 'claude' });
    const goneToo = await sessions.addTrashed(32 * DAY, { agent: 'claude' });
    const kept = await sessions.add(HOUR, { agent: 'claude' });
    await converse(gone, 1, 2, 3);
    await converse(goneToo, 4, 3);
    await converse(kept, 2);
    const before = left();
    const dry = await collect(place, '--dry-run');
    expect(left()).toEqual(before);
    expect(await collect(place)).toEqual(dry);
    expect(dry.purged.sessions).toBe(2);
    expect(left()).toEqual([conversation(2), `${conversation(2)}.jsonl`]);
  });

  it('the transcript stays that it was imported from, and no other', async () => {
    mkdirSync(project, { recursive: true });
    const transcript = `${project}/${SESSION}.jsonl`;
    const lines = chain(ask('a', 0, 'hello', { cwd: place.root }), say('b', 1, 'hi'));
    writeFileSync(transcript, lines.map((each) => `${JSON.stringify(each)}\n`).join(''));
    await place.run(['import', transcript]);
    const [id] = await listIds(place);
    expect((await sessions.store((store) => store.sessions.find(id!)))?.agentSessionId).toBe(SESSION);
    await converse(id!, 1);
    expect(await collect(place, ...ALL)).toMatchObject({ purged: { sessions: 1 } });
    expect(left()).toEqual([`${SESSION}.jsonl`]);
  });

  it('a file that can not be removed is told, and holds nothing up', async () => {
    const id = await sessions.addTrashed(31 * DAY, { agent: 'claude' });
    await converse(id, 1);
    const broken = `${place.top}/.claude/file-history`;
    symlinkSync(broken, broken);
    const { status, stdout, stderr } = await place.run(['gc', '--json']);
    expect([status, stderr]).toEqual([
      0,
      `session: ${broken}/${conversation(1)} could not be removed (ELOOP).\n`,
    ]);
    expect((JSON.parse(stdout) as GcRecord).purged.sessions).toBe(1);
    expect(await listIds(place, '--trash')).toEqual([]);
    expect(left()).toEqual([]);
  });
});

it('--vacuum says how much it gave back', async () => {
  const { place } = await arrange();
  const { freed_bytes } = await collect(place, '--max-size', '0', '--vacuum');
  expect(freed_bytes).toEqual(expect.any(Number));
  expect((await collect(place, '--dry-run', '--vacuum')).freed_bytes).toBeNull();
});
