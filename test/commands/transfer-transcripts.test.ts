import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeWorkplace } from '../support/run-command.ts';
import type { Workplace } from '../support/run-command.ts';
import { ask, callOf, chain, other, result, say, SESSION, toText, use } from '../support/transcripts.ts';
import type { Line } from '../support/transcripts.ts';

const ID = SESSION.slice(0, 8);

interface Summary {
  status: string;
  usage: { input_tokens: number; output_tokens: number } | null;
}

/** What a session has: who said what, and how its turns ended and what they used, oldest first. */
async function tell(place: Workplace, id = ID): Promise<{ said: string[]; turns: string[] }> {
  const history = JSON.parse((await place.run(['history', id, '--json', '-n', '1000'])).stdout) as Line[];
  const shown = JSON.parse((await place.run(['show', id, '--json'])).stdout) as { last_turns: Summary[] };
  return {
    said: history.map(({ role, content, tool_calls: calls }) => {
      const tools = ((calls ?? []) as Line[]).map((call) => ` [${call['name']}: ${call['result']}]`);
      return `${role}: ${content}${tools.join('')}`;
    }),
    turns: shown.last_turns
      .toReversed()
      .map(({ status, usage }) => `${status} ${usage?.input_tokens ?? 0}/${usage?.output_tokens ?? 0}`),
  };
}

async function imported(lines: readonly Line[]): Promise<Workplace> {
  const place = makeWorkplace();
  const { status, stderr } = await place.run(['import', '-'], { stdin: toText(lines) });
  expect([status, stderr]).toEqual([0, expect.stringContaining('1 new session')]);
  return place;
}

const command =
  '<command-message>sort</command-message>\n<command-name>/sort</command-name>\n<command-args>by size</command-args>';
const error = { model: '<synthetic>', isApiErrorMessage: true, usage: use(0, 0) };
const queued = {
  type: 'attachment',
  attachment: { type: 'queued_command', prompt: 'In metres', commandMode: 'prompt' },
};

const CASES: [name: string, lines: Line[], said: string[], turns: string[]][] = [
  [
    'a command with its expansion',
    [ask('a', 0, command), ask('b', 1, 'Sort them all.', { isMeta: true }), say('c', 2, 'Sorted.')],
    ['user: /sort by size', 'assistant: Sorted.'],
    ['completed 10/5'],
  ],
  [
    'an expansion without its command',
    [ask('b', 1, 'Sort them all.', { isMeta: true }), say('c', 2, 'Sorted.')],
    ['user: Sort them all.', 'assistant: Sorted.'],
    ['completed 10/5'],
  ],
  [
    'a command between messages',
    chain(
      ask('a', 0, 'One?'),
      say('b', 1, '1'),
      ask('c', 2, command),
      say('d', 3, 'Sorted.'),
      ask('e', 4, 'Two?'),
    ),
    ['user: One?', 'assistant: 1', 'user: /sort by size', 'assistant: Sorted.', 'user: Two?'],
    ['completed 10/5', 'completed 10/5', 'interrupted 0/0'],
  ],
  [
    'a command that nothing answered',
    chain(ask('a', 0, command), ask('b', 1, 'Stop')),
    ['user: /sort by size', 'user: Stop'],
    ['interrupted 0/0', 'interrupted 0/0'],
  ],
  [
    'commands that claude itself answered',
    chain(
      ask('a', 0, 'The messages below were typed by the user', { isMeta: true }),
      ask('b', 1, '<command-name>/model</command-name>'),
      ask('c', 2, '<local-command-stdout>Set model</local-command-stdout>'),
      ask('d', 3, 'Hello'),
      say('e', 4, 'Hi'),
    ),
    ['user: Hello', 'assistant: Hi'],
    ['completed 10/5'],
  ],
  [
    'a message that only looks like a command',
    [ask('a', 0, '<command-name>? <bash-input> too?'), say('b', 1, 'Tags.')],
    ['user: <command-name>? <bash-input> too?', 'assistant: Tags.'],
    ['completed 10/5'],
  ],
  [
    'a summary first',
    [
      other('a', 0, { type: 'system', subtype: 'compact_boundary', logicalParentUuid: 'gone' }),
      ask('b', 1, 'So far: a parser.', { isCompactSummary: true }),
      say('c', 2, [callOf('t')]),
      result('d', 3, 't', 'ok'),
      say('e', 4, 'It parses.'),
    ],
    ['user: So far: a parser.', 'assistant: It parses. [Bash: ok]'],
    ['completed 20/10'],
  ],
  [
    'a summary and then a message',
    [
      ask('b', 1, 'So far: a parser.', { isCompactSummary: true }),
      ask('c', 2, 'Go on'),
      say('d', 3, 'Done.'),
    ],
    ['user: So far: a parser.\n\nGo on', 'assistant: Done.'],
    ['completed 10/5'],
  ],
  [
    'a conversation that goes on after it was compacted',
    [
      ...chain(ask('a', 0, 'Begin'), say('b', 1, 'Begun.')),
      other('c', 2, { type: 'system', subtype: 'compact_boundary', logicalParentUuid: 'b' }),
      ask('d', 3, 'Summary: begun.', { isCompactSummary: true, parentUuid: 'c' }),
      ask('e', 4, 'End', { parentUuid: 'd' }),
      say('f', 5, 'Ended.', { parentUuid: 'e' }),
    ],
    ['user: Begin', 'assistant: Begun.', 'user: End', 'assistant: Ended.'],
    ['completed 10/5', 'completed 10/5'],
  ],
  [
    'an answer first',
    [say('a', 0, 'The rest.'), ask('b', 1, 'Thanks'), say('c', 2, 'Welcome')],
    ['assistant: The rest.', 'user: Thanks', 'assistant: Welcome'],
    ['completed 10/5', 'completed 10/5'],
  ],
  [
    'a message while the agent was busy',
    chain(
      ask('a', 0, 'Measure'),
      say('b', 1, [callOf('t')]),
      result('c', 2, 't', '3'),
      other('d', 3, queued),
      say('e', 4, '3 m'),
    ),
    ['user: Measure', 'assistant:  [Bash: 3]', 'user: In metres', 'assistant: 3 m'],
    ['completed 10/5', 'completed 10/5'],
  ],
  [
    'lines for the shell',
    [
      ask('a', 0, '<bash-input>make</bash-input>'),
      ask('b', 1, '<bash-stdout>1 failed</bash-stdout><bash-stderr></bash-stderr>'),
      ask('c', 2, 'Mend it'),
      say('d', 3, 'Mended.'),
      ask('e', 4, '<bash-input>make</bash-input>'),
    ],
    ['user: ! make\n1 failed\n\nMend it', 'assistant: Mended.', 'user: ! make'],
    ['completed 10/5', 'completed 0/0'],
  ],
  [
    'messages of others',
    [
      ask('a', 0, '<teammate-message teammate_id="eve">look</teammate-message>'),
      say('b', 1, 'Looked.'),
      ask('c', 2, '<task-notification>ended</task-notification>'),
      say('d', 3, 'Green.'),
    ],
    [
      'user: <teammate-message teammate_id="eve">look</teammate-message>',
      'assistant: Looked.',
      'user: <task-notification>ended</task-notification>',
      'assistant: Green.',
    ],
    ['completed 10/5', 'completed 10/5'],
  ],
  [
    'a branch that was left',
    [
      ask('a', 0, 'Colour?'),
      say('b', 1, 'Blue.', { parentUuid: 'a' }),
      ask('c', 2, 'Drop it', { parentUuid: 'b' }),
      say('d', 3, 'Dropped.', { parentUuid: 'c' }),
      ask('e', 4, 'Another?', { parentUuid: 'b' }),
      say('f', 5, 'Red.', { parentUuid: 'e' }),
    ],
    ['user: Colour?', 'assistant: Blue.', 'user: Another?', 'assistant: Red.'],
    ['completed 20/10', 'completed 10/5'],
  ],
  [
    'a conversation begun anew',
    [...chain(ask('a', 0, 'Wrong'), say('b', 1, 'No.')), ...chain(ask('c', 2, 'Right'), say('d', 3, 'Yes.'))],
    ['user: Right', 'assistant: Yes.'],
    ['completed 20/10'],
  ],
  [
    'tools that ran at the same time',
    [
      ask('a', 0, 'Both'),
      say('b', 1, [callOf('t')], { call: 'm', parentUuid: 'a' }),
      say('c', 2, [callOf('u')], { call: 'm', parentUuid: 'b' }),
      result('d', 3, 't', 'first', { parentUuid: 'b' }),
      result('e', 4, 'u', 'second', { parentUuid: 'c' }),
      say('f', 5, 'Both ran.', { parentUuid: 'e' }),
    ],
    ['user: Both', 'assistant: Both ran. [Bash: first] [Bash: second]'],
    ['completed 20/10'],
  ],
  [
    'a line whose parent is missing',
    [
      ask('a', 0, 'Hello'),
      say('b', 1, 'Hi', { parentUuid: 'a' }),
      ask('c', 2, 'Bye', { parentUuid: 'lost' }),
    ],
    ['user: Hello', 'assistant: Hi', 'user: Bye'],
    ['completed 10/5', 'interrupted 0/0'],
  ],
  [
    'lines that are there twice',
    [ask('a', 0, 'Once'), say('b', 1, 'One.'), say('b', 1, 'One.'), ask('a', 0, 'Once', { cwd: '/else' })],
    ['user: Once', 'assistant: One.'],
    ['completed 10/5'],
  ],
  [
    'a call whose use grows',
    [
      ask('a', 0, 'Hi'),
      say('b', 1, [{ type: 'thinking', thinking: 'hm' }], { call: 'm', usage: use(3, 2) }),
      say('c', 2, 'Hello', { call: 'm', usage: use(3, 250) }),
      say('d', 3, '', { call: 'm', usage: use(3, 7) }),
    ],
    ['user: Hi', 'assistant: Hello'],
    ['completed 3/250'],
  ],
  [
    'sub-agents',
    [
      ...chain(
        ask('a', 0, 'Look'),
        say('b', 1, [callOf('t')]),
        result('c', 4, 't', 'found'),
        say('d', 5, 'There.'),
      ),
      ask('s', 2, 'look', { isSidechain: true }),
      say('u', 3, 'found', { isSidechain: true, usage: use(700, 30) }),
    ],
    ['user: Look', 'assistant: There. [Bash: found]'],
    ['completed 720/40'],
  ],
  [
    'an error that was got over',
    [ask('a', 0, 'Go'), say('b', 1, 'API Error: 529', error), say('c', 2, 'Gone.')],
    ['user: Go', 'assistant: Gone.'],
    ['completed 10/5'],
  ],
  [
    'an answer that was cut and went on',
    [
      ask('a', 0, 'All'),
      say('b', 1, 'One'),
      say('c', 2, 'API Error: too long', error),
      ask('d', 3, 'Go on.', { isMeta: true }),
      say('e', 4, 'two'),
    ],
    ['user: All', 'assistant: One\n\ntwo'],
    ['completed 20/10'],
  ],
  [
    'an error at the end',
    [ask('a', 0, 'All'), say('b', 1, 'One'), say('c', 2, 'API Error: 500', error)],
    ['user: All', 'assistant: One'],
    ['failed 10/5'],
  ],
  [
    'a turn that the user stopped',
    [
      ask('a', 0, 'Do it'),
      say('b', 1, [callOf('t')]),
      result('c', 2, 't', 'no'),
      ask('d', 3, [{ type: 'text', text: '[Request interrupted by user for tool use]' }]),
      ask('e', 4, 'Not that'),
      say('f', 5, 'Else.'),
    ],
    ['user: Do it', 'assistant:  [Bash: no]', 'user: Not that', 'assistant: Else.'],
    ['interrupted 10/5', 'completed 10/5'],
  ],
  [
    'tools of the model itself',
    [
      ask('a', 0, 'Search'),
      say('b', 1, [
        { type: 'server_tool_use', id: 's', name: 'web_search', input: { query: 'x' } },
        { type: 'web_search_tool_result', tool_use_id: 's', content: 'hit' },
        { type: 'text', text: 'Found.' },
      ]),
    ],
    ['user: Search', 'assistant: Found. [web_search: hit]'],
    ['completed 10/5'],
  ],
  [
    'headers, flags that are null, offsets in times, pictures, text without blocks',
    [
      { type: 'file-history-snapshot', messageId: 'a', snapshot: {} },
      { type: 'summary', summary: 'Greeting', leafUuid: 'b' },
      { type: 'something-new', sessionId: SESSION },
      ask(
        'a',
        0,
        [
          { type: 'image', source: {} },
          { type: 'text', text: 'What?' },
        ],
        { isMeta: null, cwd: null },
      ),
      {
        ...say('b', 1, ''),
        message: { role: 'assistant', content: 'A cat.' },
        timestamp: '2026-04-01T10:00:01.5+02:00',
      },
    ],
    ['user: [image]\nWhat?', 'assistant: A cat.'],
    ['completed 0/0'],
  ],
];

describe('import of a transcript', () => {
  it.each(CASES)('takes %s', async (_name, lines, said, turns) => {
    const place = await imported(lines);
    expect(await tell(place)).toEqual({ said, turns });
    const again = await place.run(['import', '-', '--json'], { stdin: toText(lines) });
    expect(JSON.parse(again.stdout)).toMatchObject([
      { sessions: 0, turns: 0, known_turns: turns.length, session_ids: [] },
    ]);
    expect(await tell(place)).toEqual({ said, turns });
  });

  it('knows the session by its id, whatever its case and the first line', async () => {
    const upper = SESSION.toUpperCase();
    const lines = [ask('a', 0, 'One'), say('b', 1, '1')].map((line) => ({ ...line, sessionId: upper }));
    const place = await imported([{ type: 'queue-operation', sessionId: upper }, ...lines]);
    expect((await tell(place)).said).toEqual(['user: One', 'assistant: 1']);
  });

  it('tells sessions in one file apart', async () => {
    const second = 'ffffffff-0000-4000-8000-000000000002';
    const place = makeWorkplace();
    const lines = [
      ask('a', 0, 'A1'),
      say('b', 1, 'a1'),
      ask('c', 2, 'B1', { sessionId: second }),
      say('d', 3, 'b1', { sessionId: second }),
      ask('e', 4, 'A2'),
      say('f', 5, 'a2'),
    ];
    const { stdout } = await place.run(['import', '-'], { stdin: toText(lines) });
    expect(stdout).toBe(`${ID}\nffffffff\n`);
    expect((await tell(place)).said).toEqual(['user: A1', 'assistant: a1', 'user: A2', 'assistant: a2']);
    expect((await tell(place, 'ffffffff')).said).toEqual(['user: B1', 'assistant: b1']);
  });

  it("names the session after its title, the user's own before what claude thought of", async () => {
    const lines = [ask('a', 0, 'Hi'), say('b', 1, 'Hello', { costUSD: 0.25 })];
    const place = await imported([
      ...lines,
      { type: 'ai-title', aiTitle: 'Mend: the ledger!', sessionId: SESSION },
    ]);
    const shown = async (): Promise<Line> =>
      JSON.parse((await place.run(['show', ID, '--json'])).stdout) as Line;
    expect(await shown()).toMatchObject({ name: 'Mend the ledger', cost_usd: 0.25 });
    const titled = [...lines, { type: 'custom-title', customTitle: 'ledger', sessionId: SESSION }];
    await place.run(['import', '-'], { stdin: toText(titled) });
    expect(await shown()).toMatchObject({ name: 'ledger' });
    await place.run(['set', ID, '--name', 'mine']);
    await place.run(['import', '-'], { stdin: toText([...titled, ask('c', 2, 'More')]) });
    expect(await shown()).toMatchObject({ turn_count: 2 });
  });

  it('reads what sub-agents said from the folder beside the file, and splits use by model', async () => {
    const place = makeWorkplace();
    const folder = path.join(place.root, SESSION, 'subagents');
    mkdirSync(folder, { recursive: true });
    const main = [
      ask('a', 0, 'Look'),
      say('b', 1, [callOf('t')]),
      result('c', 4, 't', 'x'),
      say('d', 5, 'Seen.'),
    ];
    const side = [ask('s', 2, 'look'), say('u', 3, 'x', { usage: use(700, 30), model: 'claude-test-2' })];
    writeFileSync(path.join(place.root, `${SESSION}.jsonl`), toText(main));
    writeFileSync(path.join(folder, 'agent-1.jsonl'), toText(side));
    await place.run(['import', `${SESSION}.jsonl`]);
    expect(await tell(place)).toEqual({
      said: ['user: Look', 'assistant: Seen. [Bash: x]'],
      turns: ['completed 720/40'],
    });
    const stats = JSON.parse((await place.run(['stats', '--by', 'model', '--json'])).stdout) as Line[];
    expect(JSON.stringify(stats)).toMatch(/claude-test-1.*claude-test-2|claude-test-2.*claude-test-1/s);
  });

  it("takes sub-agents' files before the session's, too", async () => {
    const place = makeWorkplace();
    const side = [say('u', 3, 'x', { usage: use(700, 30), isSidechain: true })];
    writeFileSync(path.join(place.root, 'agent-1.jsonl'), toText(side));
    writeFileSync(path.join(place.root, 'main.jsonl'), toText([ask('a', 0, 'Look'), say('b', 1, 'Seen.')]));
    await place.run(['import', 'agent-1.jsonl', 'main.jsonl']);
    expect((await tell(place)).turns).toEqual(['completed 710/35']);
  });

  it('counts only what is new, also where it comes before what is here', async () => {
    const place = await imported([ask('c', 9, 'Second'), say('d', 10, '2')]);
    const { stdout } = await place.run(['import', '-', '--json'], {
      stdin: toText([ask('a', 0, 'First'), say('b', 1, '1')]),
    });
    expect(JSON.parse(stdout)).toMatchObject([{ turns: 1, known_turns: 0, session_ids: [ID] }]);
    expect((await tell(place)).said).toEqual(['user: First', 'assistant: 1', 'user: Second', 'assistant: 2']);
  });

  it('goes on with a session that an export brought, where the user says so', async () => {
    const first = await imported(chain(ask('a', 0, 'One'), say('b', 1, '1')));
    const { stdout } = await first.run(['export', '--all']);
    const grown = toText(chain(ask('a', 0, 'One'), say('b', 1, '1'), ask('c', 2, 'Two'), say('d', 3, '2')));
    const place = makeWorkplace();
    await place.run(['import', '-'], { stdin: stdout });
    expect((await place.run(['import', '-', '--merge'], { stdin: grown })).stdout).toBe(`${ID}\n`);
    expect((await tell(place)).said).toEqual(['user: One', 'assistant: 1', 'user: Two', 'assistant: 2']);
    const apart = makeWorkplace();
    await apart.run(['import', '-'], { stdin: stdout });
    expect((await apart.run(['import', '-'], { stdin: grown })).stdout).not.toContain(ID);
  });

  it('masks secrets in the turns, and in the lines it keeps', async () => {
    const place = makeWorkplace();
    const secret = `sk-ant-api03-${'a1'.repeat(20)}`;
    const lines = [
      ask('a', 0, `It is ${secret}`),
      say('b', 1, [{ type: 'text', text: secret }, callOf('t', { secret })]),
      result('c', 2, 't', secret),
      say('d', 3, secret, { model: '<synthetic>', isApiErrorMessage: true }),
      { type: 'custom-title', customTitle: secret, sessionId: SESSION },
    ];
    const env = { CLAUDE_SESSION_REDACT: '1' };
    await place.run(['import', '-'], { stdin: toText(lines), env });
    expect((await tell(place)).said[0]).toBe('user: It is [redacted]');
    await place.run(['import', '-'], { stdin: toText([...lines, ask('e', 4, 'More')]), env });
    const { stdout } = await place.run(['export', '--all']);
    expect(stdout).toContain('More');
    expect(stdout).not.toContain(secret);
  });

  it("tells of lines it can't use, and takes the others", async () => {
    const place = makeWorkplace();
    const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
    const lines = [
      ask('a', 0, 'Q'),
      say('b', 1, [callOf('t', 'DEEP')]),
      result('c', 2, 't', [null]),
      ask('x', 2, 'no', { timestamp: '9999-01-01T00:00:00Z' }),
      ask('y', 2, 'no', { timestamp: '0000-01-01T00:00:00Z' }),
      say('z', 2, 'no', { usage: use(1, -1) }),
      say('w', 2, [null]),
      say('v', 2, 7),
      { ...say('d', 3, 'Done.') },
    ];
    const stdin = `${toText(lines).replace('"DEEP"', deep).replace('"output_tokens":-1', '"output_tokens":1e999')}no json\n{}\n`;
    const { status, stdout, stderr } = await place.run(['import', '-', '--json'], { stdin });
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject([{ sessions: 1, turns: 1, bad_lines: 7 }]);
    expect(stderr.match(/line \d+/g)).toEqual(['line 3', 'line 4', 'line 5', 'line 6', 'line 7']);
    const { said } = await tell(place);
    expect(said).toEqual(['user: Q', 'assistant: Done. [Bash: null]']);
  });

  it('takes a file whose last line is cut off', async () => {
    const place = makeWorkplace();
    const text = `\ufeff${toText([ask('a', 0, 'Q'), say('b', 1, 'A')]).replaceAll('\n', '\r\n')}{"type":"assi`;
    expect((await place.run(['import', '-'], { stdin: text })).status).toBe(0);
    expect((await tell(place)).said).toEqual(['user: Q', 'assistant: A']);
  });
});
