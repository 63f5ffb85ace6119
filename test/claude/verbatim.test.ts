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
  for (const message of TREACHEROUS) await expectVerbatim(bench, id, message);
});

it('hands over invented messages byte for byte', async () => {
  const bench = await openWorkbench();
  const id = await openSession(bench);
  const seeds = Array.from({ length: 5 }, () => Math.floor(Math.random() * 2 ** 32));
  for (const seed of seeds) await expectVerbatim(bench, id, inventMessage(seed), `seed ${seed}`);
});

it('hands over 12 MB byte for byte', async () => {
  const bench = await openWorkbench();
  const id = await openSession(bench);
  const line = `/nosuch é日本語🙂 @${join(bench.root, 'secret.txt')}\n`;
  const message = line.repeat(Math.floor((12 << 20) / Buffer.byteLength(line)));
  await expectVerbatim(bench, id, message);
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
