import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { gather, openForTest } from './support.ts';

it('takes conversations from one home to another', async () => {
  const notices: string[] = [];
  const one = await openForTest();
  const other = await openForTest({ onNotice: (sentence) => notices.push(sentence) });
  const { id } = await one.create({ name: 'first' });
  await one.send(id, 'say one').result;
  const content = one.export({ sessions: ['first'] });
  expect(await other.import([{ name: 'the first home', content }])).toMatchObject([
    { source: 'the first home', format: 'session', sessions: 1, turns: 1, session_ids: [id] },
  ]);
  expect(notices).toContain('the first home: 1 new session, 1 new turn, 0 known');
  expect((await gather(other.history('first'))).map((each) => each.content)).toEqual(['say one', 'one']);
  expect((await gather(other.export({ format: 'markdown' }))).join('')).toMatch(/^# first\n/);
  expect((await gather(other.export({ sessions: [id], format: 'html' }))).join('')).toContain(
    '<title>first</title>',
  );
});

it('imports files by their paths, all of them or, where one is none, nothing', async () => {
  const sessions = await openForTest();
  const { id } = await sessions.create();
  await sessions.send(id, 'say one').result;
  const file = path.join(sessions.root, 'export.jsonl');
  writeFileSync(file, (await gather(sessions.export())).join(''));
  await sessions.remove(id, { purge: true });
  await expect(sessions.import(['export.jsonl', 'nowhere.jsonl'])).rejects.toMatchObject({ code: 'USAGE' });
  expect(await sessions.list()).toEqual([]);
  expect(await sessions.import(['export.jsonl'])).toMatchObject([{ source: 'export.jsonl', turns: 1 }]);
  mkdirSync(path.join(sessions.root, 'folder'));
  await expect(sessions.import(['folder'])).rejects.toMatchObject({ message: 'folder is a directory.' });
});

it('stops an import and an export when the signal is aborted', async () => {
  const sessions = await openForTest();
  const { id } = await sessions.create();
  await sessions.send(id, 'say one').result;
  const gone = new AbortController();
  let lines = 0;
  const exporting = (async () => {
    for await (const line of sessions.export({ signal: gone.signal })) {
      lines += line.length > 0 ? 1 : 0;
      gone.abort();
    }
  })();
  await expect(exporting).rejects.toMatchObject({ code: 'INTERRUPTED' });
  expect(lines).toBe(1);
  const stop = new AbortController();
  let pieces = 0;
  async function* endless(): AsyncGenerator<string> {
    for (; ; pieces++) {
      if (pieces === 3) stop.abort();
      yield '\n';
    }
  }
  const content = endless();
  const importing = sessions.import([{ name: 'endless', content }], { signal: stop.signal });
  await expect(importing).rejects.toMatchObject({ code: 'INTERRUPTED' });
  await sessions.close();
  expect(pieces).toBeLessThan(5);
});
