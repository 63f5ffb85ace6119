import { existsSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { callTool, connectToSession, makeHistory } from '../support/mcp-client.ts';
import { makeRoot, makeStudyRoot } from '../support/study-tree.ts';

const ID = '1a2b3c4d';

function ask(number: number): [string, string] {
  return [`Question ${number}`, `Answer ${number} about ${number % 7 === 0 ? 'Fillets' : 'ribs'}`];
}

async function connectWithHistory(turns: [string, string][]) {
  const home = await makeHistory(ID, turns);
  return connectToSession({ CLAUDE_SESSION_HOME: home, CLAUDE_SESSION_ID: ID }, home);
}

describe('the history tools of session mcp', () => {
  it('page back to the first message', async () => {
    const client = await connectWithHistory(Array.from({ length: 30 }, (_, index) => ask(index)));
    const seen: string[] = [];
    let before: number | undefined;
    for (let pages = 0; pages < 10; pages += 1) {
      const { text } = await callTool(client, 'read_messages', { limit: 25, ...(before ? { before } : {}) });
      seen.unshift(...(text.match(/(?:Question|Answer) \d+/g) ?? []));
      before = Number(/before (\d+)\./.exec(text)?.[1]);
      if (text.startsWith('This is the start')) break;
    }
    expect(seen).toEqual(
      Array.from({ length: 30 }, (_, index) => [`Question ${index}`, `Answer ${index}`]).flat(),
    );
  });

  it('find words in any case, newest first, a page at a time', async () => {
    const client = await connectWithHistory(Array.from({ length: 30 }, (_, index) => ask(index)));
    const first = await callTool(client, 'search_history', {
      query: 'FILLETS answer',
      limit: 3,
      role: 'assistant',
    });
    expect(first.text.match(/Answer \d+/g)).toEqual(['Answer 28', 'Answer 21', 'Answer 14']);
    const before = Number(/before (\d+)/.exec(first.text)![1]);
    const rest = await callTool(client, 'search_history', { query: 'fillets answer', before });
    expect(rest.text.match(/Answer \d+/g)).toEqual(['Answer 7', 'Answer 0']);
    expect(rest.text).not.toContain('There may be more');
  });

  it('bound what they answer, and read on in a long message', async () => {
    const long = Array.from({ length: 20_000 }, (_, index) => `word${index}`).join(' ');
    const client = await connectWithHistory([['Tell me', long]]);
    const page = await callTool(client, 'read_messages');
    expect(page.text.length).toBeLessThan(41_000);
    const [, id, offset] = /for more: id (\d+), offset (\d+)/.exec(page.text)!;
    let read = long.slice(0, Number(offset));
    for (let next: number | undefined = Number(offset); next !== undefined;) {
      const { text } = await callTool(client, 'read_messages', { id: Number(id), offset: next });
      expect(text.length).toBeLessThan(41_000);
      read += /```\n([^]*)\n```/.exec(text)![1];
      const more: RegExpExecArray | null = /for more: id \d+, offset (\d+)/.exec(text);
      next = more ? Number(more[1]) : undefined;
    }
    expect(read.replaceAll(/\s/g, '')).toBe(long.replaceAll(/\s/g, ''));
  });

  it('show no other session, and refuse in a sentence', async () => {
    const home = await makeHistory(ID, [['secret', 'secret']]);
    const other = await connectToSession({ CLAUDE_SESSION_HOME: home, CLAUDE_SESSION_ID: 'ffffffff' }, home);
    expect(await callTool(other, 'search_history', { query: 'secret' })).toEqual({
      text: 'No message holds all of: secret.',
      isError: false,
    });
    expect(await callTool(other, 'read_messages', { id: 3 })).toMatchObject({
      isError: true,
      text: expect.stringContaining('no message 3') as string,
    });
    const own = await connectToSession({ CLAUDE_SESSION_HOME: home, CLAUDE_SESSION_ID: ID }, home);
    expect((await callTool(own, 'read_messages', { id: 0 })).isError).toBe(true);
    const outside = await connectToSession({ CLAUDE_SESSION_HOME: home }, home);
    expect(await callTool(outside, 'read_messages')).toMatchObject({
      isError: true,
      text: expect.stringContaining('CLAUDE_SESSION_ID') as string,
    });
  });
});

describe('the study tools of session mcp', () => {
  it('list studies, give their status, and list trials', async () => {
    const root = makeStudyRoot();
    const env = {
      CLAUDE_SESSION_HOME: makeRoot(),
      CLAUDE_SESSION_ROOT: root,
      CLAUDE_SESSION_STUDY: 'bracket',
    };
    const client = await connectToSession(env, root);
    expect((await callTool(client, 'list_studies')).text).toContain("- bracket (this session's)\n\n- wing");
    expect((await callTool(client, 'study_status')).text).toContain('trial 48: `mass` = 0.739786748040766');
    expect((await callTool(client, 'study_status', { study: 'wing' })).text).toContain(
      'Pareto front: 29 trials',
    );
    const trials = await callTool(client, 'list_trials', { state: 'COMPLETE', sort: 'value', limit: 2 });
    expect(trials.text).toMatch(/^51 trials match; these are 1 to 2\.\n\n- trial 48: .*\n\n- trial \d+: /);
  });

  it('refuse what is no study or no parameter, in a sentence', async () => {
    const root = makeStudyRoot();
    const client = await connectToSession(
      { CLAUDE_SESSION_HOME: makeRoot(), CLAUDE_SESSION_ROOT: root },
      root,
    );
    const calls: [string, Record<string, unknown>, string][] = [
      ['study_status', {}, 'has no study'],
      ['study_status', { study: '../..' }, 'not a study name'],
      ['study_status', { study: 'nosuch' }, 'Studies here: bracket, wing'],
      ['list_trials', { study: 'wing', sort: 'span' }, 'No trial has a parameter "span"'],
      ['list_trials', { study: 'wing', limit: 0 }, 'limit'],
      ['list_trials', { study: 'wing', state: 'DONE' }, 'state'],
    ];
    for (const [name, input, words] of calls) {
      const answer = await callTool(client, name, input);
      expect(answer.isError, name).toBe(true);
      expect(answer.text).toContain(words);
      expect(answer.text).not.toContain('    at ');
    }
  });
});

it('says what its tools take, and leaves no trace', async () => {
  const home = makeRoot();
  const client = await connectToSession({ CLAUDE_SESSION_HOME: `${home}/none`, CLAUDE_SESSION_ID: ID }, home);
  const { tools } = await client.listTools();
  expect(tools.map((tool) => tool.name)).toEqual([
    'search_history',
    'read_messages',
    'list_studies',
    'study_status',
    'list_trials',
  ]);
  expect(tools.every((tool) => tool.annotations?.readOnlyHint && tool.description)).toBe(true);
  expect(tools[0]!.inputSchema).toMatchObject({
    required: ['query'],
    properties: { query: { type: 'string', description: expect.any(String) as string } },
  });
  expect((await callTool(client, 'read_messages')).text).toBe('There are no messages.');
  expect(existsSync(`${home}/none`)).toBe(false);
  expect(readdirSync(home)).toEqual([]);
});
