import { copyFileSync, mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { buildUserLine } from '../../src/agents/claude/message.ts';
import { addConversation, withStore } from '../support/conversations.ts';
import { newTurn } from '../support/store-model.ts';
import { makeWorkplace } from '../support/run-command.ts';
import type { Workplace } from '../support/run-command.ts';

const TRANSCRIPT = fileURLToPath(new URL('../fixtures/transcripts/claude-2.1.197.jsonl', import.meta.url));
const AGENT_SESSION = '7d1f3c52-4a6e-4b0a-9c3d-2e5f60718293';
const AT = Date.parse('2026-03-02T12:00:00Z');

type Line = Record<string, unknown>;

/** A store with everything in it that a session can have. */
async function filled(): Promise<Workplace> {
  const place = makeWorkplace();
  const { root } = place;
  await withStore(place.paths.store, async (store) => {
    await addConversation(
      store,
      {
        id: 'aaaa0001',
        name: 'nightly',
        root,
        study: 'bracket',
        model: 'opus',
        systemPrompt: 'Be brief.',
        attachments: [{ path: '/x/y.txt', content: 'attached' }],
        mcpConfigs: ['/x/mcp.json'],
        effort: 'high',
        fallbackModel: 'sonnet,haiku',
        addedDirs: ['/x/data'],
        pinned: true,
        tags: { team: 'a' },
        budgetUsd: 5,
      },
      [
        {
          asked: 'line\u2028one\n\u0000two 🦊',
          answered: [`${'é'.repeat(100_000)}🦊`, 'z'.repeat(200_000)],
          at: AT,
          end: {
            usage: {
              input_tokens: 1,
              output_tokens: 2,
              cache_read_input_tokens: 3,
              cache_creation_input_tokens: 4,
            },
            permissionDenials: [{ tool_name: 'Bash', tool_use_id: 't1', tool_input: { command: 'x' } }],
            toolCalls: [
              {
                id: 't1',
                name: 'Bash',
                input: { command: 'x' },
                result: 'no',
                isError: true,
                denied: true,
                textOffset: 3,
              },
              {
                id: 't2',
                name: 'Odd',
                input: null,
                result: null,
                isError: false,
                denied: false,
                textOffset: 9,
              },
            ],
          },
        },
        {
          asked: 'again',
          answered: [],
          at: AT,
          end: { status: 'failed', errorCode: 'AGENT_FAILED', errorMessage: 'Oh no' },
        },
      ],
    );
    await store.sessions.change('aaaa0001', { mode: 'power', warm: true }, { by: 'ana', at: AT });
    await store.sessions.change('aaaa0001', { warm: false }, { by: 'bob', at: AT + 1 });
    await addConversation(store, { id: 'aaaa0002', root }, []);
  });
  return place;
}

/** An export without what differs from store to store. */
async function exported(place: Workplace): Promise<Line[]> {
  const { status, stdout } = await place.run(['export', '--all']);
  expect(status).toBe(0);
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
  return lines.map(({ exported_at: _at, turn_id: _turn, ...line }) =>
    line['type'] === 'turn' ? { ...line, id: 0 } : line,
  );
}

async function imported(place: Workplace, file: string, ...flags: string[]): Promise<Line> {
  const { stdout } = await place.run(['import', file, '--json', ...flags]);
  return (JSON.parse(stdout) as Line[])[0]!;
}

describe('export and import', () => {
  it('makes the same sessions elsewhere, however often', async () => {
    const place = await filled();
    await place.run(['export', '--all', '--file', 'all.jsonl']);
    const file = path.join(place.root, 'all.jsonl');
    const other = makeWorkplace();
    expect(await imported(other, file, '--trust')).toEqual({
      source: file,
      format: 'session',
      sessions: 2,
      turns: 2,
      known_turns: 0,
      left_turns: 0,
      bad_lines: 0,
      session_ids: ['aaaa0001', 'aaaa0002'],
    });
    expect(await exported(other)).toEqual(await exported(place));
    for (const again of [other, place])
      expect(await imported(again, file)).toMatchObject({
        sessions: 0,
        turns: 0,
        known_turns: 2,
        session_ids: [],
      });
    expect(await exported(other)).toEqual(await exported(place));
    const [one, two] = await Promise.all(
      [place, other].map((each) => each.run(['show', 'aaaa0001', '--json'])),
    );
    const facts = (text: string): Line => ({ ...(JSON.parse(text) as Line), last_turns: [], bytes: 0 });
    expect(facts(two!.stdout)).toEqual(facts(one!.stdout));
    expect((await other.run(['history', 'aaaa0001', '--json'])).stdout.length).toBe(
      (await place.run(['history', 'aaaa0001', '--json'])).stdout.length,
    );
    expect((await other.run(['search', 'again', '--json'])).stdout).toContain('"aaaa0001"');
  });

  it('adds what a session has had since', async () => {
    const place = await filled();
    const before = (await place.run(['export', 'nightly'])).stdout;
    await withStore(place.paths.store, async (store) => {
      const limits = { timeoutMs: null, stallTimeoutMs: 1, maxTurns: null, maxBudgetUsd: null };
      await store.turns.enqueue({ sessionId: 'aaaa0001', message: 'later', owner: 'x', limits, at: AT });
      await store.turns.finish(3, 'x', {
        ...(await import('../support/store-model.ts')).turnEnd({
          answer: ['much later'],
          endedAt: AT + 5000,
        }),
      });
    });
    const after = (await place.run(['export', 'nightly'])).stdout;
    const other = makeWorkplace();
    expect((await other.run(['import', '-'], { stdin: before })).stdout).toBe('aaaa0001\n');
    const { status, stdout: none, stderr: told } = await other.run(['import', '-'], { stdin: after });
    expect([status, none, told]).toEqual([
      1,
      '',
      'session: session aaaa0001 is here already, and 1 turn of it was left out; add with --merge\nsession: -: 0 new sessions, 0 new turns, 2 known, 1 left out\n',
    ]);
    const record = (await other.run(['import', '-', '--json'], { stdin: after })).stdout;
    expect(JSON.parse(record)).toMatchObject([{ turns: 0, known_turns: 2, left_turns: 1 }]);
    const { stdout, stderr } = await other.run(['import', '-', '--merge'], { stdin: after });
    expect([stdout, stderr]).toEqual(['aaaa0001\n', 'session: -: 0 new sessions, 1 new turn, 2 known\n']);
    expect((await other.run(['history', 'aaaa0001', '-n', '1'])).stdout).toContain('much later');
  });

  it.each([['jsonl'], ['json'], ['ndjson']])('reads what export writes as %s', async (form) => {
    const place = await filled();
    const words = form === 'jsonl' ? [] : [`--${form}`];
    const text = (await place.run(['export', '--all', ...words])).stdout;
    const other = makeWorkplace();
    const { status, stdout } = await other.run(['import', '-', '--json', '--trust'], { stdin: text });
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject([{ sessions: 2, turns: 2, bad_lines: 0 }]);
    expect(await exported(other)).toEqual(await exported(place));
  });

  it('keeps apart what only has the same id, and leaves out a name that is taken', async () => {
    const place = await filled();
    const text = (await place.run(['export', 'nightly'])).stdout;
    const other = makeWorkplace();
    await withStore(other.paths.store, async (store) => {
      await addConversation(store, { id: 'aaaa0001', name: 'nightly', root: place.root, createdAt: 5 }, []);
    });
    const { stdout: first, stderr } = await other.run(['import', '-'], { stdin: text });
    expect(stderr).toContain(`session ${first.trim()} is imported without its name`);
    expect(first).toMatch(/^[0-9a-f]{8}\n$/);
    expect(first).not.toBe('aaaa0001\n');
    expect(JSON.parse((await other.run(['show', first.trim(), '--json'])).stdout)).toMatchObject({
      name: null,
      turn_count: 2,
    });
    expect((await other.run(['import', '-'], { stdin: text })).stdout).toBe('');
  });

  it('uses what can be used, says what can not, and ends with 1', async () => {
    const place = await filled();
    const lines = (await place.run(['export', 'nightly'])).stdout.trimEnd().split('\n');
    const broken = [
      ...lines.slice(0, 2),
      'no json',
      '[1]',
      '{"type":"turn","session_id":"x"}',
      '{"type":"unknown to us"}',
      '{"type":"message","turn_id":99,"role":"user","created_at":"2026-03-02T12:00:00.000Z","content":"lost"}',
      ...lines.slice(2, -1),
      '{"type":"turn"',
    ].join('\n');
    const other = makeWorkplace();
    const { status, stderr } = await other.run(['import', '-', '--trust'], { stdin: broken });
    expect(status).toBe(1);
    expect(stderr.split('\n')).toEqual([
      'session: -, line 3: is not valid JSON',
      'session: -, line 4: is not a JSON object',
      expect.stringContaining('session: -, line 5: '),
      'session: -, line 7: a message without its turn',
      expect.stringMatching(/line \d+: is not valid JSON$/),
      expect.stringContaining('1 new session, 2 new turns, 0 known; 6 lines could not be used'),
      '',
    ]);
  });

  it.each([
    ['{"type":"export","version":2}', 2, /of version 2; this program reads 1/],
    ['{"some":"thing"}', 2, /neither an export of session nor a transcript/],
    ['garbage', 2, /neither an export/],
    ['', 0, /0 new sessions/],
  ])('reads %j with status %d', async (stdin, status, words) => {
    const outcome = await makeWorkplace().run(['import', '-'], { stdin });
    expect(outcome).toMatchObject({ status, stderr: expect.stringMatching(words) as string });
  });

  it('refuses what is no file, and asks for something to do', async () => {
    const place = makeWorkplace();
    for (const words of [
      ['import'],
      ['import', 'nowhere'],
      ['import', '.'],
      ['export'],
      ['export', 'x', '--all'],
    ])
      expect((await place.run(words)).status, words.join(' ')).toBe(2);
    expect((await place.run(['export', 'nope'])).status).toBe(4);
    expect((await place.run(['export', '--all', '--file', 'no/where'])).status).toBe(2);
    expect(readdirSync(place.root)).toEqual([]);
  });

  it('does not bring power where it is forbidden', async () => {
    const text = (await (await filled()).run(['export', 'nightly'])).stdout;
    const other = makeWorkplace();
    const { stderr } = await other.run(['import', '-', '--trust'], {
      stdin: text,
      env: { CLAUDE_SESSION_ALLOW_POWER: '0' },
    });
    expect(stderr).toContain('in user mode');
    expect((await other.run(['mode', 'aaaa0001'])).stdout).toBe('user\n');
  });

  it('takes no name that would be taken for something else, and no root that is none', async () => {
    const text = (await (await filled()).run(['export', 'nightly'])).stdout;
    for (const name of ['@last', 'deadbeef', 'a\u001b[31m', '']) {
      const other = makeWorkplace();
      const { status } = await other.run(['import', '-'], {
        stdin: text.replace('"name":"nightly"', `"name":${JSON.stringify(name)}`),
      });
      expect(status).toBe(0);
      expect(JSON.parse((await other.run(['show', 'aaaa0001', '--json'])).stdout)).toMatchObject({
        name: null,
      });
    }
    const { status, stderr } = await makeWorkplace().run(['import', '-'], {
      stdin: text.replace(/"root":"[^"]*"/, '"root":"relative"'),
    });
    expect([status, stderr]).toEqual([1, expect.stringContaining('root: must be an absolute path')]);
  });

  it('as JSON is one document, and says what it leaves out', async () => {
    const place = await filled();
    await withStore(place.paths.store, async (store) => {
      await store.turns.enqueue(newTurn('aaaa0001', { message: 'not answered yet' }));
    });
    const { stdout, stderr } = await place.run(['export', 'nightly', '--json']);
    expect((JSON.parse(stdout) as Line[]).map(({ type }) => type)).toEqual([
      'export',
      'session',
      'turn',
      'message',
      'message',
      'content',
      'content',
      'content',
      'tool_call',
      'tool_call',
      'turn',
      'message',
      'end',
    ]);
    expect(stderr).toBe('session: session aaaa0001: what is running is left out\n');
    expect(stdout).not.toContain('not answered yet');
  });

  it('masks what it takes in where secrets are masked', async () => {
    const place = await filled();
    const text = (await place.run(['export', 'nightly'])).stdout.replace(
      'Oh no',
      `sk-ant-api03-${'a1'.repeat(20)}`,
    );
    const other = makeWorkplace();
    await other.run(['import', '-'], { stdin: text, env: { CLAUDE_SESSION_REDACT: '1' } });
    expect((await other.run(['export', '--all'])).stdout).toContain('"error_message":"[redacted]"');
  });
});

describe('an import brings conversations, not rights', () => {
  /** An export of one session with some words replaced. */
  async function changed(...changes: [from: string | RegExp, to: string][]): Promise<string> {
    const { stdout } = await (await filled()).run(['export', 'nightly']);
    return changes.reduce((text, [from, to]) => text.replace(from, to), stdout);
  }
  const rightful: [from: string | RegExp, to: string][] = [
    [/"root":"[^"]*"/, '"root":"/no/such/directory"'],
    [/"warm":false/, '"warm":true'],
    ['"ask":false,"allowed_tools":[]', '"ask":true,"allowed_tools":["Bash(rm -r /)"]'],
  ];

  it('takes a session without them, and says so once', async () => {
    const stdin = await changed(...rightful);
    const other = makeWorkplace();
    const { status, stderr } = await other.run(['import', '-'], { stdin });
    expect([status, stderr]).toEqual([
      0,
      expect.stringMatching(
        /^session: imported without power mode, MCP files, added directories, warm agents, pins, allowed tools, directories that don't exist here .*--trust.*\n.*1 new session.*\n$/,
      ),
    ]);
    expect(JSON.parse((await other.run(['show', 'aaaa0001', '--json'])).stdout)).toMatchObject({
      mode: 'user',
      root: other.root,
      pinned: false,
      warm: false,
      mcp_configs: [],
      added_dirs: [],
      effort: 'high',
      ask: true,
      allowed_tools: [],
    });
  });

  it('takes them where the file is trusted', async () => {
    const stdin = await changed(...rightful);
    const other = makeWorkplace();
    const { stderr } = await other.run(['import', '-', '--trust'], { stdin });
    expect(stderr).not.toContain('without');
    expect(JSON.parse((await other.run(['show', 'aaaa0001', '--json'])).stdout)).toMatchObject({
      mode: 'power',
      root: '/no/such/directory',
      pinned: true,
      warm: true,
      added_dirs: ['/x/data'],
      allowed_tools: ['Bash(rm -r /)'],
    });
  });

  it('takes mode switches from an export that has no other changes, where the mode is kept', async () => {
    const stdin = await changed([/,"changes":\[.*\]/, '']);
    const other = makeWorkplace();
    const changes = async (id: string) =>
      JSON.parse((await other.run(['show', id, '--json'])).stdout)['changes'] as unknown;
    await other.run(['import', '-'], { stdin });
    expect(await changes('aaaa0001')).toEqual([]);
    await other.run(['rm', 'aaaa0001', '--purge']);
    await other.run(['import', '-', '--trust'], { stdin });
    expect(await changes('aaaa0001')).toMatchObject([{ what: 'mode', from: 'user', to: 'power', by: 'ana' }]);
  });

  it.each([
    ['an endless cost', /"cost_usd":[\d.]+/, '"cost_usd":1e999'],
    ['an endless budget', '"budget_usd":5', '"budget_usd":1e999'],
    ['an endless count', '"input_tokens":1,', '"input_tokens":1e999,'],
    ['a year before all years', /"created_at":"[^"]*"/, '"created_at":"0000-01-01T00:00:00Z"'],
    ['a year after all years', /"last_active_at":"[^"]*"/, '"last_active_at":"9999-01-01T00:00:00Z"'],
    ['an impossible time', /"queued_at":"[^"]*"/, '"queued_at":"2026-02-31T99:00:00Z"'],
  ])('tells of %s as a bad line', async (_what, from, to) => {
    const other = makeWorkplace();
    const stdin = await changed([from, to]);
    expect(stdin).toContain(to);
    const { status, stderr } = await other.run(['import', '-'], { stdin });
    expect([status, stderr]).toEqual([1, expect.stringMatching(/line \d: \S+: /)]);
    const listed = JSON.parse((await other.run(['list', '--json'])).stdout) as { cost_usd: number }[];
    for (const { cost_usd: cost } of listed) expect(cost).toBeLessThan(1);
  });

  it('keeps what is nested deeply as text, and goes on', async () => {
    const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
    const stdin = await changed(
      ['"input":{"command":"x"}', `"input":${deep}`],
      ['"tool_input":{"command":"x"}', `"tool_input":${deep}`],
    );
    const other = makeWorkplace();
    expect(await other.run(['import', '-'], { stdin })).toMatchObject({ status: 0, stdout: 'aaaa0001\n' });
    expect((await other.run(['history', 'aaaa0001', '--json'])).status).toBe(0);
  });

  it('gives turns of a session that could not be read to no other', async () => {
    const place = await filled();
    const { stdout } = await place.run(['export', 'aaaa0002', 'nightly']);
    const stdin = stdout.replace('"id":"aaaa0001","name"', '"id":"nobody","name"');
    const other = makeWorkplace();
    expect((await other.run(['import', '-'], { stdin })).status).toBe(1);
    expect(JSON.parse((await other.run(['list', '--json'])).stdout)).toMatchObject([
      { id: 'aaaa0002', turn_count: 0 },
    ]);
  });

  it('lets old sessions age from their arrival', async () => {
    const stdin = await changed(['"pinned":true', '"pinned":false']);
    const other = makeWorkplace();
    await other.run(['import', '-'], { stdin });
    await other.run(['gc']);
    const live = async (): Promise<number> =>
      (JSON.parse((await other.run(['list', '--json'])).stdout) as unknown[]).length;
    expect(await live()).toBe(1);
    expect(JSON.parse((await other.run(['show', 'aaaa0001', '--json'])).stdout)).toMatchObject({
      last_active_at: expect.not.stringMatching(String(new Date().getFullYear() + 1)) as string,
    });
    await new Promise((resolve) => setTimeout(resolve, 1100));
    await other.run(['gc', '--max-age', '1s']);
    expect(await live()).toBe(0);
  });
});

describe('a transcript of claude', () => {
  /** As claude on this machine would have written it. */
  function atHome(place: Workplace): string {
    const folder = path.join(place.top, '.claude/projects/-home-ana-project');
    mkdirSync(folder, { recursive: true });
    const file = path.join(folder, `${AGENT_SESSION}.jsonl`);
    copyFileSync(TRANSCRIPT, file);
    return file;
  }

  it('becomes a session that claude goes on with', async () => {
    const place = makeWorkplace();
    const file = atHome(place);
    expect(await imported(place, file, '--trust')).toMatchObject({
      format: 'claude',
      sessions: 1,
      turns: 3,
      session_ids: ['7d1f3c52'],
    });
    expect(JSON.parse((await place.run(['show', '7d1f3c52', '--json'])).stdout)).toMatchObject({
      agent: 'claude',
      agent_session_id: AGENT_SESSION,
      root: '/home/ana/project',
      message_count: 5,
      turn_count: 3,
      last_turns: [
        { status: 'failed', error: { code: 'AGENT_FAILED', message: 'API Error: 400 bad thing' } },
        { status: 'completed', usage: { input_tokens: 10, output_tokens: 5 } },
        {
          status: 'completed',
          usage: { input_tokens: 20, output_tokens: 10 },
          num_turns: 2,
          model: 'claude-opus-4-8',
        },
      ],
    });
    const history = JSON.parse((await place.run(['history', '7d1f3c52', '--json'])).stdout) as Line[];
    expect(history.map(({ role, content }) => [role, content])).toEqual([
      ['user', 'What is the radius?'],
      ['assistant', 'I will read the notes.\n\nThe radius is **12 mm**.'],
      ['user', 'Thanks!\nSecond line.'],
      ['assistant', 'You are welcome.'],
      ['user', 'This fails.'],
    ]);
    expect(history[1]!['tool_calls']).toMatchObject([
      { name: 'Read', result: '1\tradius = 12\n2\t', denied: false },
      { name: 'Bash', is_error: true, denied: true },
    ]);
    expect(await imported(place, file)).toMatchObject({ sessions: 0, turns: 0, known_turns: 3 });
  });

  it('elsewhere is replayed, and grows with the file', async () => {
    const place = makeWorkplace();
    const lines = readFileSync(TRANSCRIPT, 'utf8').trimEnd().split('\n');
    const upTo = lines.findIndex((line) => line.includes('"Thanks!') && line.includes('parentUuid'));
    writeFileSync(path.join(place.root, 't.jsonl'), lines.slice(0, upTo).join('\n'));
    expect(await imported(place, 't.jsonl')).toMatchObject({ sessions: 1, turns: 1 });
    expect(JSON.parse((await place.run(['show', '7d1f3c52', '--json'])).stdout)).toMatchObject({
      agent_session_id: null,
    });
    copyFileSync(TRANSCRIPT, path.join(place.root, 't.jsonl'));
    expect(await imported(place, 't.jsonl')).toMatchObject({ sessions: 0, turns: 2, known_turns: 1 });
  });

  it('of a session of ours adds nothing twice', async () => {
    const place = makeWorkplace();
    await withStore(place.paths.store, async (store) => {
      await addConversation(store, { id: 'aaaa0001', root: '/home/ana/project', agent: 'claude' }, [
        {
          asked: 'What is the radius?',
          at: Date.parse('2026-11-22T14:05:20Z'),
          end: { endedAt: Date.parse('2026-11-22T14:05:31Z') },
        },
      ]);
      await store.sessions.change('aaaa0001', { agentSessionId: AGENT_SESSION });
    });
    expect(await imported(place, TRANSCRIPT)).toMatchObject({
      sessions: 0,
      turns: 2,
      known_turns: 1,
      session_ids: ['aaaa0001'],
    });
  });

  it('has the words of the user, and not those that come with them', async () => {
    const place = makeWorkplace();
    const [asked] = readFileSync(TRANSCRIPT, 'utf8')
      .split('\n')
      .filter((line) => line.includes('"role":"user","content":"What is'));
    const said = (content: unknown, seconds: number): string =>
      JSON.stringify({
        ...(JSON.parse(asked!) as Line),
        uuid: `said ${seconds}`,
        parentUuid: `said ${seconds - 1}`,
        message: { role: 'user', content },
        timestamp: `2026-11-22T14:06:0${seconds}.000Z`,
      });
    const closing = JSON.parse(buildUserLine('x')) as { message: { content: { text: string }[] } };
    const lines = [
      said([{ type: 'text', text: 'first' }, closing.message.content.at(-1)], 1),
      said(
        [
          { type: 'text', text: 'second' },
          { type: 'image', source: {} },
        ],
        2,
      ),
      said('[Request interrupted by user]', 3),
      said('<command-name>/clear</command-name>', 4),
      said('<local-command-stdout></local-command-stdout>', 5),
      said(
        [
          { type: 'text', text: 'third' },
          { type: 'text', text: 'of two' },
        ],
        6,
      ),
    ];
    await place.run(['import', '-'], { stdin: lines.join('\n') });
    const history = JSON.parse((await place.run(['history', '7d1f3c52', '--json'])).stdout) as Line[];
    expect(history.map(({ content, status }) => [content, status])).toEqual([
      ['first', 'interrupted'],
      ['second\n[image]', 'interrupted'],
      ['third\nof two', 'interrupted'],
    ]);
  });

  it('without a conversation in it is passed over', async () => {
    const place = makeWorkplace();
    const kinds = [
      '{"type":"summary","summary":"x","leafUuid":"y","sessionId":"s"}',
      '{"type":"mode","sessionId":"s"}',
    ];
    expect(await place.run(['import', '-'], { stdin: kinds.join('\n') })).toMatchObject({
      status: 0,
      stdout: '',
    });
    const side = readFileSync(TRANSCRIPT, 'utf8').replaceAll('"isSidechain":false', '"isSidechain":true');
    expect(await place.run(['import', '-'], { stdin: side })).toMatchObject({ status: 0, stdout: '' });
  });
});

describe('export --file', () => {
  it('writes over no file and no link that somebody has put beside it', async () => {
    const place = await filled();
    const victim = path.join(place.top, 'victim');
    writeFileSync(victim, 'mine');
    for (const name of ['out.part', `out.${process.pid}.part`])
      symlinkSync(victim, path.join(place.root, name));
    expect((await place.run(['export', '--all', '--file', 'out'])).status).toBe(0);
    expect(readFileSync(victim, 'utf8')).toBe('mine');
    expect(readdirSync(place.root).toSorted()).toEqual(
      ['out', `out.${process.pid}.part`, 'out.part'].toSorted(),
    );
  });

  it('refuses the store', async () => {
    const place = await filled();
    const { status, stderr } = await place.run(['export', '--all', '--file', '../home/sessions.sqlite']);
    expect([status, stderr]).toEqual([2, expect.stringContaining("is one of session's own files")]);
    expect(JSON.parse((await place.run(['list', '--json'])).stdout)).not.toEqual([]);
  });

  it.each(['file/x', 'no/x', 'directory', `${'n'.repeat(300)}`, 'a\0'])(
    'refuses %j with a sentence',
    async (out) => {
      const place = await filled();
      writeFileSync(path.join(place.root, 'file'), '');
      mkdirSync(path.join(place.root, 'directory'));
      const { status, stderr } = await place.run(['export', '--all', '--file', out]);
      expect([status, stderr]).toEqual([
        2,
        expect.stringMatching(/ can't be written \(\w+\)\.| is a directory\./),
      ]);
      expect(readdirSync(place.root)).toEqual(['directory', 'file']);
    },
  );
});

describe('export to read', () => {
  it('as Markdown has a heading for each session and message', async () => {
    const place = await filled();
    const { stdout } = await place.run(['export', 'nightly', '--format', 'markdown']);
    expect(stdout).toMatch(
      /^# nightly\n\n`aaaa0001` · power mode · in `\S+` · study `bracket`\n\n## User \(2026-03-02 12:00:00Z\)\n\n`{3,}\nline/,
    );
    expect(stdout).toContain('- `Bash x (denied)`');
  });

  it('as HTML is one page that loads and runs nothing', async () => {
    const place = await filled();
    const { stdout } = await place.run(['export', '--all', '--format', 'html', '--file', 'page.html']);
    expect(stdout).toBe('');
    const page = readFileSync(path.join(place.root, 'page.html'), 'utf8');
    expect(page).toMatch(/^<!doctype html>\n<html lang="en">/);
    expect(page).toContain(`content="default-src 'none'; style-src 'unsafe-inline'`);
    expect(page).not.toMatch(/<script|<img|<link|@import|url\(|\son\w+=/);
    expect(page.match(/<article>/g)).toHaveLength(2);
    expect(page.match(/<\/article>/g)).toHaveLength(2);
    expect(page).toContain('<details><summary><b>Bash</b> x <span class=bad>denied</span></summary>');
    expect(page).toContain('z'.repeat(200_000 - 81_920));
    expect(page.trimEnd().endsWith('</html>')).toBe(true);
    expect(readdirSync(place.root)).toEqual(['page.html']);
  });
});
