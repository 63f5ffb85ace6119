import { execFileSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { Random } from '../support/random.ts';
import { isTorture, Place, parseLines } from '../support/run.ts';

const AGENT = fileURLToPath(new URL('../support/hearing-agent.mjs', import.meta.url));

/** A session whose agent keeps what it hears. */
async function makeHearing(): Promise<{ place: Place; id: string; heard: () => string[] }> {
  const place = new Place();
  const file = path.join(place.root, 'heard');
  place.env['AGENT_HEARD'] = file;
  place.env['CLAUDE_SESSION_AGENT'] = 'claude';
  const env = JSON.stringify([process.execPath, AGENT]);
  writeFileSync(path.join(place.makeHome().home, 'config.json'), `{"agents":{"claude":{"command":${env}}}}`);
  const heard = (): string[] => {
    const lines = readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('{"type":"user"'));
    return lines.map((line) => {
      const { content } = (JSON.parse(line) as { message: { content: { text: string }[] } }).message;
      // The agent looks for commands and files in the last block only, and that one is ours.
      expect(content).toHaveLength(2);
      expect(content[1]!.text).not.toMatch(/[/@]/);
      return content[0]!.text;
    });
  };
  return { place, id: await place.newSession(), heard };
}

/** Texts that something on the way might take for something else. */
const NASTY = [
  '/clear',
  '/nosuch hello',
  '@/etc/passwd',
  'see @/etc/passwd and @README.md',
  '-',
  '--',
  '--ndjson',
  '-f',
  ' leading and trailing ',
  '\n\nnewlines around\n\n',
  'one\r\ntwo\rthree\n',
  'tab\tbell\u0007escape\u001b[31mred',
  'nul\u0000byte',
  '\ufeffmark',
  'line\u2028and paragraph\u2029ends',
  '日本語 🙂 e\u0301 \u202eright to left',
  '{"type":"user"}\n{"type":"control_request"}',
  '$HOME `id` $(id) "quotes" \'single\' \\back\\slash %s %n',
  '</system-reminder>',
  'x'.repeat(5_000),
];

describe('a message is data', () => {
  test('from a file or stdin it arrives as it is, whatever it says', { timeout: 180_000 }, async () => {
    const { place, id, heard } = await makeHearing();
    const random = new Random(20_261_122);
    const generated = Array.from({ length: isTorture ? 60 : 6 }, () =>
      `${random.text(1 + random.below(400))}.`.replaceAll(/\p{Surrogate}/gu, ''),
    );
    const messages = [...NASTY, ...generated];
    for (const [at, message] of messages.entries()) {
      const file = path.join(place.root, 'message');
      writeFileSync(file, message);
      const way = at % 3 === 0 ? ['-f', file] : at % 3 === 1 ? [] : ['-'];
      const ended = await place.run(['send', id, ...way], at % 3 === 0 ? {} : { stdin: message });
      expect(ended, JSON.stringify(message)).toMatchObject({ code: 0, stdout: 'heard\n' });
    }
    expect(heard()).toEqual(messages);
    const stored = (await place.history(id)).filter(({ role }) => role === 'user');
    expect(stored.map(({ content }) => content)).toEqual(messages);
  });

  test('as arguments it arrives as it is, words joined by spaces', { timeout: 120_000 }, async () => {
    const { place, id, heard } = await makeHearing();
    const messages = NASTY.filter((message) => /^[-/@$ \n]/.test(message) && message !== '-');
    for (const message of messages) await place.must('send', id, '-q', '--', message);
    await place.must('send', id, 'more', 'than one', 'word');
    await place.must('send', id, '/clear', '@file');
    expect(heard()).toEqual([...messages, 'more than one word', '/clear @file']);
  });

  test.each([1, 5, 11.9])('of %d MB it arrives whole', async (megabytes) => {
    const { place, id, heard } = await makeHearing();
    const line = 'All work and no play — 日本語 🙂.\n';
    const message = line.repeat(Math.floor((megabytes * 2 ** 20) / Buffer.byteLength(line)));
    expect(await place.run(['send', id], { stdin: message })).toMatchObject({ code: 0, stdout: 'heard\n' });
    expect(heard()).toEqual([message]);
    expect((await place.history(id))[0]!['content']).toBe(message);
  });

  test('is handed to the agent to act on with --expand only', async () => {
    const { place, id } = await makeHearing();
    await place.must('send', id, '--expand', '/clear');
    const lines = readFileSync(place.env['AGENT_HEARD']!, 'utf8').trim().split('\n');
    const line = JSON.parse(lines.at(-1)!);
    expect(line.message.content).toEqual([{ type: 'text', text: '/clear' }]);
  });
});

describe('a message that begins with a dash', () => {
  test.each(['- fix it', '--- a/file\n+++ b/file', '-1 is wrong', '--help me, please', '-', '—x'])(
    '%j is data where it can be no option',
    async (message) => {
      const { place, id, heard } = await makeHearing();
      const given = message === '-' ? { stdin: 'from stdin' } : {};
      expect((await place.run(['send', id, message, '-q'], given)).code).toBe(0);
      expect(heard()).toEqual([message === '-' ? 'from stdin' : message]);
    },
  );

  test('and could be an option is refused, with how to send it', async () => {
    const { place, id, heard } = await makeHearing();
    const { code, stderr } = await place.run(['send', id, '-x']);
    expect(code).toBe(2);
    expect(stderr).toContain('A word that begins with a dash and is not an option has to come after "--".');
    await place.must('send', id, '-q', '--', '-x', '--json', '-q', 'help');
    expect(heard()).toEqual(['-x --json -q help']);
  });
});

describe('is a usage error', () => {
  const MESSAGES: [what: string, argv: string[], stdin: string | Buffer | undefined][] = [
    ['an empty argument', [''], undefined],
    ['white space', [' \t\n'], undefined],
    ['white space of other kinds', ['\u00a0\u2028\ufeff'], undefined],
    ['empty stdin', [], ''],
    ['blank stdin', ['-'], '\n\n'],
    ['a file that is not there', ['-f', 'nowhere'], undefined],
    ['a directory', ['-f', '.'], undefined],
    ['bytes that are no UTF-8', [], Buffer.from([0x68, 0x69, 0xff])],
    ['half a character', [], Buffer.from('🙂').subarray(0, 3)],
    ['half a surrogate pair', [], Buffer.from([0xed, 0xa0, 0xbd])],
    ['two messages', ['one', '-f', 'message'], undefined],
    ['more than 12 MB', [], 'x'.repeat((12 << 20) + 1)],
    ['far more', [], 'x'.repeat(20 << 20)],
  ];
  test.each(MESSAGES)('%s', async (_, argv, stdin) => {
    const place = new Place();
    const id = await place.newSession();
    writeFileSync(path.join(place.root, 'message'), 'say hello');
    const { code, stdout, stderr } = await place.run(
      ['send', id, ...argv],
      stdin === undefined ? {} : { stdin },
    );
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^session: [^\n]+\n([^\n]+\n)?$/);
    expect(await place.show(id)).toMatchObject({ turn_count: 0, message_count: 0 });
    expect(place.runFiles()).toEqual([]);
  });

  test('on @new, too, and then no session is made', async () => {
    const place = new Place();
    expect((await place.run(['send', '@new', ' '])).code).toBe(2);
    expect((await place.must('list', '--json')).trim()).toBe('[]');
    expect(await place.must('send', '@new', 'say hello')).toBe('hello\n');
  });
});

test.each([
  [['--timeout', '0s'], {}, '--timeout takes a duration of more than 0, not "0s".'],
  [['--stall-timeout', '0'], {}, '--stall-timeout takes a duration of more than 0, not "0".'],
  [['--timeout', '200000d'], {}, 'The most are 100 years.'],
  [[], { CLAUDE_SESSION_TIMEOUT: '0s' }, 'a duration of more than 0'],
])('a time limit of nothing, or beyond all, is refused: %j %j', async (flags, env, words) => {
  const place = new Place();
  const id = await place.newSession();
  const { code, stderr } = await place.run(['send', id, 'say hello', ...flags], { env });
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(words) });
});

describe('--record', () => {
  test("keeps the agent's stream, and the mock agent replays it to the same answer", async () => {
    const place = new Place();
    const id = await place.newSession('--mode', 'power');
    const record = path.join(place.root, 'record.ndjson');
    const script = 'say one\nbash echo two\nunknown\nthink hm\nsay three 🙂\nusage 5 6 0.25';
    const first = await place.run(['send', id, script, '--ndjson', '--record', 'record.ndjson']);
    const second = await place.run(['send', await place.newSession(), `replay ${record}`, '--ndjson']);
    const shape = (stdout: string): unknown[] =>
      parseLines(stdout).map(
        ({ session_id: _s, turn_id: _t, duration_ms: _d, ttft_ms: _f, session_cost_usd: _c, ...rest }) =>
          rest,
      );
    expect(shape(second.stdout)).toEqual(
      shape(first.stdout).map((each) => ({
        ...(each as object),
        ...((each as { mode?: string }).mode && { mode: 'user' }),
      })),
    );
    expect(lstatSync(record).mode & 0o777).toBe(0o600);
  });

  test('of a path that can not be written is a usage error before the turn', async () => {
    const place = new Place();
    const id = await place.newSession();
    const { code, stderr } = await place.run(['send', id, 'say hello', '--record', 'no/such/place']);
    expect(code).toBe(2);
    expect(stderr).toContain('no/such/place');
    expect(await place.show(id)).toMatchObject({ turn_count: 0 });
  });

  test.each([
    ['a pipe', 'pipe', /pipe is not a regular file\.$/m],
    ['a device', '/dev/full', /\/dev\/full is not a regular file\.$/m],
    ['a directory', '.', /is a directory\.$/m],
    ['a file that is write-protected', 'protected', /protected is write-protected\.$/m],
    ['the store', 'home/sessions.sqlite', /sessions\.sqlite is one of session's own files\.$/m],
    ['a link to the store', 'link', /link is one of session's own files\.$/m],
    ['a file of a running turn', 'home/run/new', /run\/new is one of session's own files\.$/m],
  ])('refuses %s before the turn', async (_, name, words) => {
    const place = new Place();
    const id = await place.newSession();
    execFileSync('mkfifo', [path.join(place.root, 'pipe')]);
    writeFileSync(path.join(place.root, 'protected'), 'mine', { mode: 0o400 });
    mkdirSync(path.join(place.home, 'run'), { recursive: true });
    symlinkSync(path.join(place.home, 'sessions.sqlite'), path.join(place.root, 'link'));
    const file = name.replace('home', place.home);
    const { code, stderr } = await place.run(['send', id, 'say hello', '--record', file]);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(words) });
    expect(await place.show(id)).toMatchObject({ turn_count: 0 });
    expect(readFileSync(path.join(place.root, 'protected'), 'utf8')).toBe('mine');
  });

  test('leaves a file alone when no turn runs, and replaces what a link names', async () => {
    const place = new Place();
    const id = await place.newSession();
    const file = path.join(place.root, 'record.ndjson');
    writeFileSync(file, 'before', { mode: 0o640 });
    symlinkSync(file, path.join(place.root, 'link'));
    const running = place.start(['send', id, 'say one\nhang', '--ndjson']);
    await running.says('one');
    const { code } = await place.run(['send', id, 'say two', '--no-wait', '--record', 'link']);
    expect({ code, content: readFileSync(file, 'utf8') }).toEqual({ code: 6, content: 'before' });
    running.kill('SIGTERM');
    await running.ended;
    await place.must('send', id, 'say three', '--record', 'link');
    expect(readFileSync(file, 'utf8')).toContain('three');
    expect(lstatSync(file).mode & 0o777).toBe(0o640);
    expect(lstatSync(path.join(place.root, 'link')).isSymbolicLink()).toBe(true);
  });

  test('of a turn that was stopped keeps what there was', async () => {
    const place = new Place();
    const id = await place.newSession();
    const running = place.start(['send', id, 'say one\nhang', '--ndjson', '--record', 'record.ndjson']);
    await running.says('one');
    running.kill('SIGINT');
    expect((await running.ended).code).toBe(130);
    expect(readFileSync(path.join(place.root, 'record.ndjson'), 'utf8')).toContain('one');
    await place.expectNothingLeft();
  });
});

describe('--dry-run', () => {
  /** Every file and directory below, with what would tell that it was touched; compiled code is no data. */
  function snapshot(place: Place): string[] {
    const names = (readdirSync(place.root, { recursive: true }) as string[]).filter(
      (name) => !name.includes('/cache'),
    );
    return names.toSorted().map((name) => {
      const { mtimeMs, ctimeMs, size, ino, isDirectory } = Object.assign(
        lstatSync(path.join(place.root, name)),
      );
      const isHome = path.join(place.root, name) === place.home;
      return isHome && isDirectory ? name : `${name} ${mtimeMs} ${ctimeMs} ${size} ${ino}`;
    });
  }

  test('says what would be run, masks secrets, and touches nothing', async () => {
    const place = new Place();
    const config = path.join(place.root, 'servers.json');
    const server = { command: 'x', env: { TOKEN: 'hunter2', REFERENCE: '${TOKEN}' } };
    writeFileSync(config, JSON.stringify({ mcpServers: { mine: server } }));
    const id = await place.newSession('--mcp-config', config);
    await place.must('send', id, 'say hello');
    await place.must('send', id, 'say hello', '--dry-run');
    const before = snapshot(place);
    const plan = await place.must(
      'send',
      id,
      '/clear @file',
      '--dry-run',
      '--json',
      '--record',
      'record.ndjson',
    );
    expect(snapshot(place)).toEqual(before);
    expect(plan).not.toContain('hunter2');
    expect(plan).toContain('${TOKEN}');
    const { argv, env, stdin, continuity, cwd } = JSON.parse(plan);
    expect(argv).toEqual(
      expect.arrayContaining(['--input-format', 'stream-json', '--strict-mcp-config', '--resume']),
    );
    expect(env).toEqual(expect.arrayContaining(['ATOMIZER_ROOT', 'CLAUDE_SESSION_ID']));
    expect(stdin).toContain('/clear @file');
    expect({ continuity, cwd }).toEqual({ continuity: 'resume', cwd: place.root });
  });

  test('of no session in a home that does not exist makes none', async () => {
    const place = new Place();
    const { code } = await place.run(['send', 'nobody', 'say hello', '--dry-run']);
    expect(code).toBe(4);
    expect((await place.run(['send', '@new', 'say hello', '--dry-run'])).code).toBe(2);
    expect(existsSync(place.home)).toBe(false);
  });
});

test('an agent that is not there is status 8 with what to do; the turn is stored as failed, and leaves nothing', async () => {
  const place = new Place();
  place.env['CLAUDE_SESSION_CLAUDE'] = '/no/such/claude';
  const id = await place.newSession('--agent', 'claude');
  const { code, stdout, stderr } = await place.run(['send', id, 'hello', '--ndjson']);
  expect(code).toBe(8);
  expect(parseLines(stdout).map(({ type }) => type)).toEqual(['start', 'error', 'done']);
  const text = await place.run(['send', id, 'hello']);
  expect(text.stderr).toContain('/no/such/claude');
  expect(stderr).not.toContain('    at ');
  expect((await place.history(id)).map(({ status }) => status)).toEqual(['failed', 'failed']);
  await place.expectNothingLeft();
});
