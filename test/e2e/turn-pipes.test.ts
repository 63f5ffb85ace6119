import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { Place, parseLines, PROGRAM } from '../support/run.ts';

/** What a shell does with the program, as `session`. */
async function shell(
  place: Place,
  script: string,
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn('/bin/bash', ['-c', `session() { ${process.execPath} ${PROGRAM} "$@"; }\n${script}`], {
    cwd: place.root,
    env: place.env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (piece) => (stdout += String(piece)));
  child.stderr.on('data', (piece) => (stderr += String(piece)));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, stdout, stderr };
}

/** The numbered lines of `emit`. */
function isWhole(text: string, bytes: number): boolean {
  const lines = text.trimEnd().split('\n');
  return text.length >= bytes && lines.slice(0, -1).every((line, at) => Number.parseInt(line, 10) === at);
}

describe('a reader that leaves', () => {
  test.each(['', '--ndjson'])('ends nothing: 0, and the turn is stored (%s)', async (form) => {
    const place = new Place();
    const id = await place.newSession();
    const script = `session send ${id} $'say first\\nemit 2MB\\nsleep 300ms\\nsay last' ${form} | head -1; echo "\${PIPESTATUS[0]}"`;
    const { stdout, stderr } = await shell(place, script);
    expect(stdout).toMatch(/^[^\n]+\n0\n$/);
    expect(stderr).toBe('');
    const [, answer] = await place.history(id);
    expect(answer).toMatchObject({ status: 'completed', content: expect.stringMatching(/last$/) });
    await place.expectNothingLeft();
  });

  test('of stderr, too, ends nothing', async () => {
    const place = new Place();
    const id = await place.newSession('--mode', 'power');
    const script = `session send ${id} $'say first\\nbash true\\nbash true\\nsleep 300ms\\nbash true\\nsay last' 2> >(exec true) | cat; echo "\${PIPESTATUS[0]}"`;
    const { stdout } = await shell(place, script);
    expect(stdout).toMatch(/last\n0\n$/);
    expect((await place.history(id))[1]).toMatchObject({ status: 'completed' });
    await place.expectNothingLeft();
  });

  test('of both ends nothing', async () => {
    const place = new Place();
    const id = await place.newSession('--mode', 'power');
    const script = `session send ${id} $'say first\\nbash true\\nsleep 300ms\\nbash true\\nsay last' 2>&1 | true; echo "\${PIPESTATUS[0]}"`;
    expect((await shell(place, script)).stdout).toBe('0\n');
    expect((await place.history(id))[1]).toMatchObject({ status: 'completed' });
    await place.expectNothingLeft();
  });
});

describe('a slow reader', () => {
  test.each([[[] as string[]], [['--ndjson']], [['--no-stream']]])('gets every byte (%s)', async (form) => {
    const place = new Place();
    const id = await place.newSession();
    const running = place.start(['send', id, 'emit 5MB', ...form]);
    for (let pause = 0; pause < 20; pause++) {
      running.child.stdout!.pause();
      await sleep(50);
      running.child.stdout!.resume();
      await sleep(5);
    }
    const { code, stdout } = await running.ended;
    expect(code).toBe(0);
    const records = form[0] === '--ndjson' ? parseLines(stdout) : [];
    const text = records.length > 0 ? records.at(-1)!['text'] : stdout;
    expect(isWhole(text as string, 5_000_000)).toBe(true);
    const pieces = records.map(({ type, content }) => (type === 'text' ? content : ''));
    if (records.length > 0) expect(pieces.join('')).toBe(text);
    expect((await place.history(id))[1]!['content'].length).toBe(5_000_000);
  });

  test('of a history gets every byte', async () => {
    const place = new Place();
    const id = await place.newSession();
    await place.must('send', id, 'emit 5MB', '-q');
    const running = place.start(['history', id, '--json']);
    running.child.stdout!.pause();
    await sleep(1_500);
    running.child.stdout!.resume();
    const messages = JSON.parse((await running.ended).stdout) as { content: string }[];
    expect(isWhole(messages[1]!.content, 5_000_000)).toBe(true);
  });
});

describe('stdin', () => {
  test.each([
    ['as arguments', ['say hello']],
    ['in a file', ['-f', 'message']],
  ])('held open by the parent does not hold up a send that has its message %s', async (_, message) => {
    const place = new Place();
    const id = await place.newSession();
    await shell(place, 'echo say hello > message');
    const { code, stdout } = await place.run(['send', id, ...message], { stdin: 'open' });
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'hello\n' });
  });

  test('that is closed gives a usage error without a message, and is no matter with one', async () => {
    const place = new Place();
    const id = await place.newSession();
    const { stdout } = await shell(
      place,
      `session send ${id} <&- ; echo $?; session send ${id} 'say hello' <&-; echo $?`,
    );
    expect(stdout).toBe('2\nhello\n0\n');
  });
});

describe('a pipe beside a message', () => {
  /** What was asked of a session, after a script in which `$id` is it. */
  async function asked(script: string): Promise<{ messages: string[]; stderr: string }> {
    const place = new Place();
    const id = await place.newSession();
    await shell(place, String.raw`printf 'say a\nsay b\nsay c\n' > list; echo say file > file`);
    const { stderr } = await shell(place, `id=${id}\n${script}`);
    const messages = (await place.history(id)).filter(({ role }) => role === 'user');
    return { messages: messages.map(({ content }) => content as string), stderr };
  }

  const LIST = ['say a', 'say b', 'say c'];

  test.runIf(process.platform === 'linux').each([
    ['a pipe', 'echo say piped | session send $id say words', 'say words\n\nsay piped\n'],
    ['a late one', '(sleep 1; echo say piped) | session send $id say words', 'say words\n\nsay piped\n'],
    [
      'without a function between',
      `echo say piped | ${PROGRAM} send $id say words`,
      'say words\n\nsay piped\n',
    ],
    [
      'behind a wrapper',
      `echo say piped | timeout 60 ${PROGRAM} send $id say words`,
      'say words\n\nsay piped\n',
    ],
    ['a file', 'session send $id say words < file', 'say words\n\nsay file\n'],
  ])('is sent below it: %s', async (_, script, message) => {
    expect(await asked(script)).toEqual({ messages: [message], stderr: '' });
  });

  test.each([
    ['a lone dash', 'echo say piped | session send $id say words -'],
    ['one in a block of a script', 'echo say piped | { read -t 0; session send $id say words -; }'],
    ['--file -', 'echo say piped | session send $id say words --file -'],
    ['a lone dash, for long', '(sleep 4; echo say piped) | session send $id say words -'],
  ])('is sent below it where %s asks for it', async (_, script) => {
    expect(await asked(script)).toEqual({ messages: ['say words\n\nsay piped\n'], stderr: '' });
  });

  test.each([
    ['/dev/null', '</dev/null'],
    ['closed', '<&-'],
    ['an empty file', '< <(:)'],
    ['a blank pipe', '< <(echo)'],
  ])('adds nothing where it is %s', async (_, stdin) => {
    expect(await asked(`session send $id say words ${stdin}`)).toEqual({
      messages: ['say words'],
      stderr: '',
    });
  });

  test('adds nothing where it says nothing, which is told', async () => {
    const { messages, stderr } = await asked('sleep 6 | session send $id say words');
    expect(messages).toEqual(['say words']);
    if (process.platform === 'linux') expect(stderr).toContain('nothing came on stdin');
  });

  test.each([
    ['of a file', 'while read -r line; do session send $id "$line"; done < list'],
    ['of a pipe', 'cat list | while read -r line; do session send $id "$line"; done'],
    [
      'in a script with a stdin',
      'echo \'while read -r line; do "$@" "$line"; done\' > loop; bash loop $node send $id < list',
    ],
    [
      'in a script in a pipeline',
      'echo \'while read -r line; do "$@" "$line"; done\' > loop; cat list | sh loop $node send $id',
    ],
    [
      'of another program',
      `cat list | ${process.execPath} -e 'for (const line of fs.readFileSync(0, "utf8").trim().split("\\n")) child_process.spawnSync(process.argv[1], ["send", process.argv[2], line], { stdio: "inherit" })' ${PROGRAM} $id`,
    ],
    ['of xargs', 'xargs -I{} $node send $id {} < list'],
  ])('is left to a loop %s', async (_, script) => {
    const node = `node="${process.execPath} ${PROGRAM}"`;
    expect(await asked(`${node}\n${script}`)).toEqual({ messages: LIST, stderr: '' });
  });
});

test.runIf(process.platform === 'linux')(
  'a pipe that is not read stays blocking for who shares it',
  async () => {
    const place = new Place();
    const id = await place.newSession();
    const script = `(echo first; sleep 3; echo late) | { read -r first
    session send ${id} 'sleep 1s' <&0 & sleep 0.8
    grep flags /proc/self/fdinfo/0; wait; read -r line; echo "$line"; }`;
    expect((await shell(place, script)).stdout).toMatch(/flags:\t0+\ndone\nlate\n$/);
  },
);

describe('a message file that is a named pipe', () => {
  test('is read to its end', async () => {
    const place = new Place();
    const id = await place.newSession();
    const script = `mkfifo pipe; (sleep 0.3; echo say one; sleep 0.3; echo say two) > pipe & session send ${id} -f pipe`;
    expect(await shell(place, script)).toEqual({ code: 0, stdout: 'one\ntwo\n', stderr: '' });
    expect((await shell(place, `session send ${id} -f <(echo say three)`)).stdout).toBe('three\n');
  });

  test.each([
    ['has no writer', false],
    ['has a writer that writes nothing', true],
  ])('does not hold up a signal when it %s', async (_, hasWriter) => {
    const place = new Place();
    const id = await place.newSession();
    await shell(place, 'mkfifo pipe');
    const writer = hasWriter ? openSync(path.join(place.root, 'pipe'), 'r+') : undefined;
    const sending = place.start(['send', id, '-f', 'pipe']);
    await sleep(800);
    const { code, stdout, stderr } = await sending.kill('SIGTERM').ended;
    expect({ code, stdout }).toEqual({ code: 143, stdout: '' });
    expect(stderr).toContain('Interrupted before the turn began.');
    expect(await place.history(id)).toEqual([]);
    if (writer !== undefined) closeSync(writer);
  });

  test('is left where it has no end', async () => {
    const place = new Place();
    const { code, stderr } = await place.run(['send', await place.newSession(), '-f', '/dev/zero']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^session: The message from \/dev\/zero has more than \d+ bytes\.\n/);
  });
});

test.each([
  ['one pipe', '2>&1 | cat'],
  ['one file', '>all 2>&1; cat all'],
])('lines of stderr do not stand behind words of the answer in %s', async (_, to) => {
  const place = new Place();
  const id = await place.newSession('--mode', 'power');
  const { stdout } = await shell(place, `session send ${id} $'say one\\nbash true\\nsay two' ${to}`);
  expect(stdout).toMatch(/^one\n→ Bash true\n\n?two\n$/);
});

test('a full stdout is status 1 with a sentence, and the answer is stored', async () => {
  const place = new Place();
  const id = await place.newSession();
  const full = openSync('/dev/full', 'w');
  for (const form of [[], ['--ndjson'], ['--json']]) {
    const { code, stderr } = await place.run(['send', id, 'say hello', ...form], { stdout: full });
    expect(code).toBe(1);
    expect(stderr).toContain('The output could not be written');
    expect(stderr).not.toContain('    at ');
  }
  closeSync(full);
  const answers = (await place.history(id)).filter(({ role }) => role === 'assistant');
  expect(answers.map(({ status, content }) => [status, content])).toEqual(
    [1, 2, 3].map(() => ['completed', 'hello']),
  );
  await place.expectNothingLeft();
});

test('stdout may be a file, also one that is appended to', async () => {
  const place = new Place();
  const id = await place.newSession();
  const file = path.join(place.root, 'out');
  const { stdout } = await shell(
    place,
    `session send ${id} 'emit 1MB' > out; session send ${id} 'say more' >> out; echo $?`,
  );
  expect(stdout).toBe('0\n');
  const text = readFileSync(file, 'utf8');
  expect(text.length).toBe(1_000_000 + 'more\n'.length);
  expect(text.endsWith('\nmore\n')).toBe(true);
});

test('a stdout that is closed is told of, with 1, where something was to be printed', async () => {
  const place = new Place();
  const id = await place.newSession();
  place.env['PATH'] = `${path.dirname(process.execPath)}:${place.env['PATH']}`;
  const ended = await shell(place, `${PROGRAM} send ${id} 'say hello' >&-`);
  expect(ended).toMatchObject({ code: 1, stderr: expect.stringContaining('stdout is closed') });
  expect(await shell(place, `${PROGRAM} set ${id} --pin -q >&-`)).toMatchObject({ code: 0, stderr: '' });
  expect((await place.history(id))[1]).toMatchObject({ status: 'completed', content: 'hello' });
});
