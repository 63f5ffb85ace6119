import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { inventMessage, TREACHEROUS } from './messages.ts';
import { lastUserTexts } from './requests.ts';
import { type Workbench, openWorkbench } from './workbench.ts';

const SECRET = 'what only the file says';

it('hands over treacherous messages byte for byte', async () => {
  const bench = await openWorkbench();
  const id = await openSession(bench);
  // The others differ in nothing that a process of its own would treat differently; warm.test.ts has them all.
  for (const message of TREACHEROUS.slice(0, 5)) await expectVerbatim(bench, id, message);
  const seed = Math.floor(Math.random() * 2 ** 32);
  await expectVerbatim(bench, id, inventMessage(seed), `seed ${seed}`);
});

it('hands over 2 MB byte for byte, and 12 MB so or not at all', async () => {
  const bench = await openWorkbench();
  const id = await openSession(bench);
  const line = `/nosuch é日本語🙂 @${join(bench.root, 'secret.txt')}\n`;
  const ofMegabytes = (count: number) => line.repeat(Math.floor((count << 20) / Buffer.byteLength(line)));
  await expectVerbatim(bench, id, ofMegabytes(2));
  // In the same conversation, a newer agent would first sum up what came before.
  const other = await bench.create();
  bench.api.reset();
  const { status, stderr } = await bench.send(other, ofMegabytes(12));
  if (status === 0) return expect(lastUserTexts(bench.api.requests[0])).toContain(ofMegabytes(12));
  expect(stderr).toMatch(/Prompt is too long\nSend less/);
  expect(bench.api.requests).toEqual([]);
  expect(await bench.run('send', other, 'Still there?')).toMatchObject({ status: 0, stdout: 'ok\n' });
  expect(lastUserTexts(bench.api.requests.at(-1))).toContain('Still there?');
});

it('lets the agent read named files only with --expand', async () => {
  const bench = await openWorkbench();
  const id = await openSession(bench);
  expect(await bench.run('send', id, 'See @secret.txt', '--expand')).toMatchObject({ status: 0 });
  expect(JSON.stringify(bench.api.requests.at(-1)?.body.messages)).toContain(SECRET);
});

async function openSession(bench: Workbench): Promise<string> {
  writeFileSync(join(bench.root, 'secret.txt'), SECRET);
  return bench.create();
}

async function expectVerbatim(bench: Workbench, id: string, message: string, hint?: string): Promise<void> {
  bench.api.reset();
  const { status, stderr } = await bench.send(id, message);
  const label = `${hint ?? ''} ${JSON.stringify(message.slice(0, 200))} ${stderr}`;
  expect(status, label).toBe(0);
  expect(bench.api.requests, label).toHaveLength(1);
  expect(lastUserTexts(bench.api.requests[0]).includes(message), label).toBe(true);
  expect(JSON.stringify(bench.api.requests[0]?.body.messages).includes(SECRET), label).toBe(false);
}
