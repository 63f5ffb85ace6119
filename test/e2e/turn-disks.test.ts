import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
  statfsSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { expectNoProcess } from '../support/processes.ts';
import { isTorture, Place, PROGRAM } from '../support/run.ts';

/** Only root may mount, and root is what file modes do not hold back. */
const isRoot = process.getuid?.() === 0;
const SIZE = 16 << 20;

/** A home on a disk of its own, of 16 MiB. */
function makeSmallDisk(): Place {
  const place = new Place(path.join('disk', 'home'));
  const disk = path.dirname(place.home);
  mkdirSync(disk);
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE}`, 'tmpfs', disk]);
  onTestFinished(() => {
    execFileSync('umount', ['-l', disk]);
  });
  return place;
}

/** Leaves so many bytes free on the disk of a home. Returns how to free the rest again. */
function fillDisk(place: Place, leaveBytes: number): () => void {
  const filler = path.join(path.dirname(place.home), 'filler');
  const { bavail, bsize } = statfsSync(place.home);
  writeFileSync(filler, Buffer.alloc(Math.max(0, bavail * bsize - leaveBytes)));
  return () => rmSync(filler);
}

const ONE_SENTENCE = /^session: [^\n]+\n([^\n]+\n)?$/;

if (isRoot)
  describe('a full disk', () => {
    test.each(isTorture ? [0, 4_096, 16_384, 65_536, 262_144] : [0, 65_536])(
      'with %i bytes left fails with 9 or not at all, and loses nothing',
      async (left) => {
        const place = makeSmallDisk();
        const id = await place.newSession();
        await place.must('send', id, 'say before');
        const free = fillDisk(place, left);
        const { code, stdout, stderr } = await place.run(['send', id, 'emit 40KB', '-q']);
        expect([0, 1, 9], stderr).toContain(code);
        if (code !== 0) expect(stderr).toMatch(ONE_SENTENCE);
        if (code === 9) expect(stderr).toContain('room');
        if (code === 0) expect(stdout.length).toBe(40_000);
        const { code: read } = await place.run(['history', id, '--json']);
        expect([0, 9]).toContain(read);
        const kept = readdirSync(path.join(place.home, 'cache'), { recursive: true }) as string[];
        expect(kept.filter((name) => /\.\d+$/.test(name))).toEqual([]);
        free();
        expect(await place.must('send', id, 'say after')).toBe('after\n');
        const messages = await place.history(id);
        expect(messages.slice(0, 2).map(({ content }) => content)).toEqual(['say before', 'before']);
        expect(messages.slice(-2).map(({ content }) => content)).toEqual(['say after', 'after']);
        const between = messages.slice(2, -2);
        if (code === 0) expect(between[1]!['content']).toHaveLength(40_000);
        expect(await place.show(id)).toMatchObject({ message_count: messages.length });
        await place.expectNothingLeft();
      },
    );

    test('that fills up during the answer leaves an answer that the next command stores, or says that it is cut', async () => {
      const place = makeSmallDisk();
      const id = await place.newSession();
      await place.must('send', id, 'say before');
      const running = place.start(['send', id, 'say begun\nsleep 1500ms\nsay ended', '--ndjson']);
      await running.says('begun');
      const free = fillDisk(place, 0);
      const { code } = await running.ended;
      expect([1, 9]).toContain(code);
      expect(running.records.at(-1)).toMatchObject({ type: 'done', exit_code: code });
      if (code === 9) {
        const { hint } = running.records.at(-2)!;
        expect(hint).toMatch(/^The turn has run\. Its answer is in \S+\.ndjson\./);
      }
      free();
      await place.must('send', id, 'say after');
      const messages = await place.history(id);
      const [asked, answered] = messages.slice(2, 4);
      expect(asked!['content']).toContain('say begun');
      expect(answered!['content']).toMatch(/^begun/);
      expect(asked!['status']).not.toBe('running');
      if (asked!['status'] === 'completed') expect(answered!['content']).toBe('begun\nended');
      await place.expectNothingLeft();
    });

    test.each([
      ['gc', '--purge-after', '1ms'],
      ['rm', 'gone', '--purge'],
    ])('can be made room on by %s', async (...words) => {
      const place = makeSmallDisk();
      const gone = await place.newSession('--name', 'gone');
      await place.must('send', gone, 'emit 300KB');
      await place.must('rm', gone);
      const free = fillDisk(place, 0);
      const { code, stderr } = await place.run(words);
      expect({ code, stderr }).toEqual({ code: 0, stderr: expect.not.stringContaining('room') });
      free();
      expect(JSON.parse(await place.must('list', '--trash', '--json'))).toEqual([]);
    });

    test('as the place of the record costs the record, not the answer', async () => {
      const place = makeSmallDisk();
      const id = await place.newSession();
      await place.must('send', id, 'say before');
      const other = new Place();
      const otherId = await other.newSession();
      const free = fillDisk(place, 0);
      const record = path.join(place.home, 'record.ndjson');
      const { code, stdout, stderr } = await other.run(['send', otherId, 'say hello', '--record', record]);
      expect({ code, stdout }).toEqual({ code: 0, stdout: 'hello\n' });
      expect(stderr).toContain('record.ndjson');
      free();
    });
  });

/** Runs the program as a user whom file modes do hold back. */
function asNobody(place: Place): Place {
  if (!isRoot) return place;
  execFileSync('chown', ['-R', '65534:65534', place.root]);
  chmodSync(place.root, 0o755);
  place.uid = 65_534;
  return place;
}

describe('no permission', () => {
  test('for the home is what doctor finds', async () => {
    const place = new Place();
    mkdirSync(place.home, { recursive: true });
    chmodSync(place.home, 0o500);
    const { stdout } = await asNobody(place).run(['doctor', '--json']);
    const checks = JSON.parse(stdout) as { name: string; status: string }[];
    expect(checks.find(({ name }) => name === 'writing')).toMatchObject({ status: 'fail' });
  });

  test('for the run directory is 9 with a sentence; the turn is stored as failed, and the next one works', async () => {
    const place = asNobody(new Place());
    const id = await place.newSession();
    await place.must('send', id, 'say before');
    const run = path.join(place.home, 'run');
    chmodSync(run, 0o500);
    const { code, stdout } = await place.run(['send', id, 'say me', '--ndjson']);
    expect(code).toBe(9);
    expect(JSON.parse(stdout.trim().split('\n').at(-1)!)).toMatchObject({
      type: 'done',
      status: 'failed',
      exit_code: 9,
    });
    chmodSync(run, 0o700);
    await place.must('send', id, 'say after');
    expect((await place.history(id)).map(({ status, content }) => [status, content]).slice(2)).toEqual([
      ['failed', 'say me'],
      ['completed', 'say after'],
      ['completed', 'after'],
    ]);
    await place.expectNothingLeft();
  });

  test('for the home is 9 with a sentence, and nothing is changed; reading works', async () => {
    const place = asNobody(new Place());
    const id = await place.newSession();
    await place.must('send', id, 'say before');
    chmodSync(place.home, 0o500);
    const { code, stderr } = await place.run(['send', id, 'say me']);
    expect(code).toBe(9);
    expect(stderr).toMatch(ONE_SENTENCE);
    expect(await place.history(id)).toHaveLength(2);
    chmodSync(place.home, 0o700);
    await place.must('send', id, 'say after');
    await place.expectNothingLeft();
  });

  test('for the home does not keep a history from being read while a turn is unfinished', async () => {
    const place = asNobody(new Place());
    const id = await place.newSession();
    const running = place.start(['send', id, 'say begun\nsleep 200ms', '--ndjson']);
    await running.says('begun');
    running.kill('SIGKILL');
    await running.ended;
    await expectNoProcess(place.home);
    chmodSync(place.home, 0o500);
    expect((await place.history(id))[0]).toMatchObject({ status: 'running' });
    chmodSync(place.home, 0o700);
  });

  test('for the root is status 1 with a sentence', async () => {
    const place = asNobody(new Place());
    const root = path.join(place.root, 'project');
    mkdirSync(root);
    if (isRoot) execFileSync('chown', ['65534', root]);
    const id = await place.newSession('--root', root);
    chmodSync(root, 0o000);
    const { code, stderr } = await place.run(['send', id, 'say me']);
    expect([1, 2]).toContain(code);
    expect(stderr).toMatch(ONE_SENTENCE);
    chmodSync(root, 0o700);
    rmSync(root, { recursive: true });
    const gone = await place.run(['send', id, 'say me']);
    expect([1, 2]).toContain(gone.code);
    expect(gone.stderr).toMatch(ONE_SENTENCE);
    expect(existsSync(path.join(place.home, 'run', id))).toBe(false);
  });
});

if (process.platform === 'linux')
  test('a file that may not grow further ends the turn like a full disk, and loses nothing', async () => {
    const place = new Place();
    const id = await place.newSession();
    await place.must('send', id, 'say before');
    const kib = 1 + statSync(path.join(place.home, 'sessions.sqlite')).size / 1024 + 300;
    const send = `ulimit -f ${Math.ceil(kib)}; exec "$0" "$@"`;
    const argv = ['-c', send, process.execPath, PROGRAM, 'send', id, 'emit 2MB', '-q'];
    const { status, stderr } = spawnSync('bash', argv, { env: place.env, encoding: 'utf8', timeout: 60_000 });
    expect([status, stderr]).toEqual([9, expect.stringMatching(ONE_SENTENCE)]);
    expect(await place.must('send', id, 'say after')).toBe('after\n');
    const messages = (await place.history(id)).map(({ content }) => content);
    expect([messages.slice(0, 2), messages.slice(-2)]).toEqual([
      ['say before', 'before'],
      ['say after', 'after'],
    ]);
    await place.expectNothingLeft();
  });
