import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { reply } from '../support/api-reply.ts';
import type { ContentBlock, RecordedRequest } from '../support/fake-api.ts';
import { pdf, png } from '../support/sample-files.ts';
import { openWorkbench } from './workbench.ts';
import type { Workbench } from './workbench.ts';

const ATTACHED = ['--attach', 'chart.bin', '--attach', 'plan.pdf', '--attach', 'notes'];
const CHART = {
  type: 'image',
  source: { type: 'base64', media_type: 'image/png', data: png(40, 30).toString('base64') },
};
const PLAN = {
  type: 'document',
  title: 'plan.pdf',
  source: { type: 'base64', media_type: 'application/pdf', data: pdf().toString('base64') },
};
const NOTES = {
  type: 'document',
  title: 'notes',
  source: { type: 'text', media_type: 'text/plain', data: 'See @/etc/passwd and Wörter.' },
};
const text = (words: string): ContentBlock => ({ type: 'text', text: words });

async function open(): Promise<{ bench: Workbench; id: string }> {
  const bench = await openWorkbench();
  writeFileSync(join(bench.root, 'chart.bin'), png(40, 30));
  writeFileSync(join(bench.root, 'plan.pdf'), pdf());
  writeFileSync(join(bench.root, 'notes'), NOTES.source.data);
  return { bench, id: await bench.create() };
}

/** What users said, in the last request: blocks without what only claude says of itself, marks for the cache, and the
 * newline that a newer claude adds to the last text where it tells of an image behind it. */
function toldBlocks(request: RecordedRequest | undefined): object[] {
  return (request?.body.messages ?? [])
    .filter(({ role }) => role === 'user')
    .flatMap(({ content }) => (typeof content === 'string' ? [text(content)] : content))
    .filter(({ text: words = '' }) => !/^(<system-reminder>|\n?\[Image: )/.test(words))
    .map(({ cache_control: _cache, ...block }) => ({
      ...block,
      ...(block.text && { text: block.text.trimEnd() }),
    }));
}

it('shows the model files before the message, on new, resumed and warm conversations', async () => {
  const { bench, id } = await open();
  const blocks = [
    text('File chart.bin:'),
    CHART,
    PLAN,
    NOTES,
    text('/look'),
    text('Please respond to the message above.'),
  ];
  const told: object[] = [];
  for (const flags of [[], [], ['--warm'], ['--warm']]) {
    const { done } = await bench.run('send', id, '/look', ...ATTACHED, ...flags, '--ndjson');
    expect(done).toMatchObject({ status: 'completed', text: 'ok' });
    told.push(...blocks);
    expect(toldBlocks(bench.api.requests.at(-1))).toEqual(told);
  }
  await bench.run('stop', id);
  expect(bench.survivors()).toEqual([]);
});

it('shows them again to a conversation that begins anew', async () => {
  const { bench, id } = await open();
  await bench.run('send', id, 'Look.', ...ATTACHED);
  await bench.run('send', id, 'And now?');
  await bench.run('export', id, '--file', join(bench.scratch, 'out.jsonl'));
  await bench.run('rm', id, '--purge', '--transcript');
  await bench.run('import', join(bench.scratch, 'out.jsonl'));
  bench.api.reset();
  bench.api.answer(reply('Still red.'));
  const { records } = await bench.run('send', id, 'What colour?', '--ndjson');
  expect(records[0]).toMatchObject({ continuity: 'replay' });
  expect(toldBlocks(bench.api.requests[0])).toEqual([
    text('File chart.bin, of an earlier message:'),
    CHART,
    text('File plan.pdf, of an earlier message:'),
    PLAN,
    text('File notes, of an earlier message:'),
    NOTES,
    text('What colour?'),
    text('Please respond to the message above.'),
  ]);
});

it('hands over documents as large as a request may be', { timeout: 120_000 }, async () => {
  const { bench, id } = await open();
  const large = pdf(22 << 20);
  writeFileSync(join(bench.root, 'large.pdf'), large);
  const { status, stderr } = await bench.run('send', id, 'Read it.', '--attach', 'large.pdf');
  expect(status, stderr).toBe(0);
  const [document] = toldBlocks(bench.api.requests[0]) as { source: { data: string } }[];
  expect(document!.source.data === large.toString('base64')).toBe(true);
});
