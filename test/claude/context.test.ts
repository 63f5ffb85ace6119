import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { RecordedRequest } from '../support/fake-api.ts';
import { lastUserTexts, systemPrompt, userTexts } from './requests.ts';
import type { OutputRecord } from './running.ts';
import { type Workbench, openWorkbench } from './workbench.ts';

/** Sends a message and tells what the API was told: the system prompt, and the updates in this message and in all. */
type Tell = (message: string, ...args: string[]) => Promise<Told>;

interface Told {
  continuity: string;
  system: string;
  update: string;
  /** How many updates the whole conversation holds. */
  updates: number;
  request: RecordedRequest;
}

it('tells once what has changed, behind the same prompt, to a warm agent and to the next one', async () => {
  const bench = await openStudies();
  const id = await bench.create('--study', 'bracket');
  const tell = teller(bench, id, '--warm');
  const first = await tell('one');
  expect(first).toMatchObject({ continuity: 'new', update: '' });
  expect(first.system).toContain('Steel bracket');
  const { system } = first;

  // The agent's tools learn of a study from their environment, so another one takes another process.
  await bench.run('study', id, 'wing');
  const switched = await tell('two');
  expect(switched).toMatchObject({ continuity: 'resume', system, updates: 1 });
  expect(switched.update).toContain('Carbon wing');
  const on = { continuity: 'warm', system };
  expect(await tell('three')).toMatchObject({ ...on, update: '', updates: 1 });

  writeStudy(bench, 'wing', 'Trial 7 broke');
  writeFileSync(join(bench.root, 'CLAUDE.md'), 'Measure in millimetres');
  const news = await tell('four');
  expect(news).toMatchObject({ ...on, updates: 2 });
  expect(news.update).toMatch(/Measure in millimetres[^]*Trial 7 broke/);
  expect(await tell('five')).toMatchObject({ ...on, update: '', updates: 2 });

  await bench.run('study', id, '--clear');
  expect((await tell('six')).update).toContain('No study is selected');
  const history = JSON.parse((await bench.run('history', id, '--json')).stdout) as OutputRecord[];
  const said = history.filter(({ role }) => role === 'user').map(({ content }) => content as string);
  expect(said).toEqual(['one', 'two', 'three', 'four', 'five', 'six']);
});

it('gives another mode or own prompt a new system prompt', async () => {
  const bench = await openStudies();
  const id = await bench.create('--study', 'bracket');
  const tell = teller(bench, id, '--warm');
  const { system } = await tell('one');
  expect(system).toContain('## Mode: user');

  await bench.run('mode', id, 'power');
  await bench.run('study', id, 'wing');
  const power = await tell('two');
  expect(power).toMatchObject({ continuity: 'resume', updates: 1 });
  expect(power.system).toContain('## Mode: power');
  expect(power.system).not.toContain('## Mode: user');
  expect(power.update).toContain('Carbon wing');

  bench.configure({ systemPrompt: { text: 'Answer in verse.' } });
  const verse = await tell('three');
  expect(verse).toMatchObject({ continuity: 'resume', update: '', updates: 1 });
  expect(verse.system).toContain('Answer in verse.');
  expect(await tell('four')).toMatchObject({
    continuity: 'warm',
    system: verse.system,
    update: '',
    updates: 1,
  });
});

it('replayed, it begins anew with how things are; forked, it goes on from what the origin was told', async () => {
  const bench = await openStudies();
  const id = await bench.create('--study', 'bracket');
  const tell = teller(bench, id);
  const { system } = await tell('one');
  await bench.run('study', id, 'wing');
  expect((await tell('two')).updates).toBe(1);

  const fork = (await bench.run('fork', id)).stdout.trim();
  const inFork = teller(bench, fork);
  expect(await inFork('three')).toMatchObject({ system, update: '', updates: 1 });
  await bench.run('study', fork, 'bracket');
  const back = await inFork('four');
  expect(back).toMatchObject({ system, updates: 2 });
  expect(back.update).toContain('Steel bracket');
  expect(await tell('three')).toMatchObject({ system, update: '', updates: 1 });

  rmSync(join(bench.userHome, '.claude', 'projects'), { recursive: true });
  const replayed = await tell('four');
  expect(replayed).toMatchObject({ continuity: 'replay', update: '', updates: 0 });
  expect(replayed.system).toContain('Carbon wing');
  expect(replayed.system).not.toContain('Steel bracket');
  await bench.run('study', id, 'bracket');
  const after = await tell('five');
  expect(after).toMatchObject({ continuity: 'resume', system: replayed.system, updates: 1 });
  expect(after.update).toContain('Steel bracket');
});

it('tells again what was told, once the conversation is summed up', async () => {
  const bench = await openStudies();
  const id = await bench.create('--study', 'bracket');
  const tell = teller(bench, id);
  await tell('one');
  await bench.run('study', id, 'wing');
  expect((await tell('two')).updates).toBe(1);
  await tell('three');
  const compacting = await bench.run('send', id, '/compact', '--expand', '--ndjson');
  expect(compacting.records[0]).toMatchObject({ type: 'start' });
  const again = await tell('four');
  expect(again).toMatchObject({ continuity: 'resume', updates: 1 });
  expect(again.system).toContain('Steel bracket');
  expect(again.update).toContain('Carbon wing');
  expect(await tell('five')).toMatchObject({ system: again.system, update: '', updates: 1 });
});

it('with nothing changed, each of ten turns repeats the bytes of the one before, cold and warm', async () => {
  const bench = await openStudies();
  const id = await bench.create('--study', 'bracket');
  bench.api.script(() => ({
    parts: [{ type: 'text', deltas: ['ok'], pauseMs: 0 }],
    usage: { input_tokens: 100, cache_read_input_tokens: 800, cache_creation_input_tokens: 100 },
  }));
  for (let turn = 0; turn < 10; turn++) {
    const { done } = await bench.run('send', id, `turn ${turn}`, '--ndjson', turn < 4 ? '--cold' : '--warm');
    expect(done).toMatchObject({ status: 'completed', cache_read_ratio: 0.8 });
  }
  const sent = bench.api.requests.map(({ body }) => withoutMarks(body));
  expect(sent).toHaveLength(10);
  for (const [index, [system, tools, messages]] of sent.slice(1).entries()) {
    const [systemBefore, toolsBefore, before] = sent[index]!;
    expect([system, tools]).toEqual([systemBefore, toolsBefore]);
    expect(messages!.slice(0, before!.length)).toEqual(before);
    expect(messages!.length).toBeGreaterThan(before!.length);
  }
  expect((await bench.run('stats')).stdout).toMatch(/CACHED[^]*\b80%/);
});

async function openStudies(): Promise<Workbench> {
  const bench = await openWorkbench();
  bench.env['IS_SANDBOX'] = '1';
  writeStudy(bench, 'bracket', 'Steel bracket');
  writeStudy(bench, 'wing', 'Carbon wing');
  return bench;
}

function writeStudy({ root }: Workbench, name: string, text: string): void {
  mkdirSync(join(root, 'studies', name), { recursive: true });
  writeFileSync(join(root, 'studies', name, 'README.md'), text);
}

/** Also holds `show --context` against each request. */
function teller(bench: Workbench, id: string, ...args: string[]): Tell {
  return async (message) => {
    const preview = JSON.parse((await bench.run('show', id, '--context', '--json')).stdout) as OutputRecord;
    const { records, done } = await bench.run('send', id, message, '--ndjson', ...args);
    expect(done).toMatchObject({ status: 'completed', text: 'ok' });
    const request = bench.api.requests.at(-1)!;
    const told = {
      continuity: records[0]!['continuity'] as string,
      system: systemPrompt(request),
      update: lastUserTexts(request).filter(isUpdate).join('\n'),
      updates: userTexts(request).filter(isUpdate).length,
      request,
    };
    if (told.continuity !== 'replay') {
      expect(told.system).toContain((preview['system_prompt'] as string).trim());
      expect(preview['is_told']).toBe(told.update === '');
      if (told.updates === 1) expect(preview['context_update']).toBe(userTexts(request).find(isUpdate));
    }
    return told;
  };
}

function isUpdate(text: string): boolean {
  return text.startsWith('[CONTEXT UPDATE]');
}

/** What a cache compares: the marks that say up to where to keep it move on, and only blocks can carry one. */
function withoutMarks({ system, tools, messages }: RecordedRequest['body']): unknown[][] {
  const blocks = messages.map(({ role, content }) => ({
    role,
    content: typeof content === 'string' ? [{ type: 'text', text: content }] : content,
  }));
  const parts = [system ?? [], tools ?? [], blocks];
  const isMark = (key: string): boolean => key === 'cache_control';
  return JSON.parse(
    JSON.stringify(parts, (key, value: unknown) => (isMark(key) ? undefined : value)),
  ) as unknown[][];
}
