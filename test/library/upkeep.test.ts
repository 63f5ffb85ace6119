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

it('reads and changes settings, and leaves nothing of what is none', async () => {
  const sessions = await openForTest();
  expect(await sessions.setSetting('permissions.user.allow', ['Read', 'Grep'])).toMatchObject({
    value: ['Read', 'Grep'],
    origin: 'user',
  });
  await sessions.setSetting('maxBudgetUsd', 0.5);
  await sessions.setSetting('mcpServers.docs', { command: 'docs-mcp', env: { KEY: 'hidden' } });
  await expect(sessions.setSetting('mode', 'admin')).rejects.toMatchObject({ code: 'SETTINGS_INVALID' });
  const settings = new Map((await sessions.settings()).map(({ key, value }) => [key, value]));
  expect(settings.get('maxBudgetUsd')).toBe(0.5);
  expect(JSON.stringify(settings.get('mcpServers'))).not.toContain('hidden');
  expect(await sessions.unsetSetting('maxBudgetUsd')).toBe(true);
  expect(await sessions.unsetSetting('maxBudgetUsd')).toBe(false);
});

it('trusts a root, and no longer', async () => {
  const sessions = await openForTest();
  const trusted = { root: sessions.root, is_trusted: true };
  expect(await sessions.trust('.')).toMatchObject(trusted);
  expect(await sessions.trusted()).toMatchObject([trusted]);
  expect(await sessions.untrust(sessions.root)).toMatchObject({ is_trusted: false });
  expect(await sessions.trusted()).toEqual([]);
});

it('checks what sessions need', async () => {
  const sessions = await openForTest();
  const checks = await gather(sessions.doctor());
  expect(checks.find(({ name }) => name === 'node')).toMatchObject({ status: 'ok' });
});

it('tells of its store, backs it up and copies it', async () => {
  const sessions = await openForTest();
  expect(await sessions.storeStatus()).toMatchObject({ exists: false });
  const { id } = await sessions.create();
  expect(await sessions.storeStatus()).toMatchObject({ exists: true, sessions: 1, lock: null });
  const { known_schema_version: schema } = await sessions.storeStatus();
  expect(await sessions.migrateStore()).toMatchObject({ from: schema, to: schema });
  const file = path.join(sessions.root, 'backup');
  expect(await sessions.backUpStore('backup')).toMatchObject({ file });
  await expect(sessions.backUpStore('backup')).rejects.toMatchObject({ code: 'USAGE' });
  expect(await sessions.backUpStore('backup', { force: true })).toMatchObject({ file });
  await sessions.send(id, 'say one').result;
  expect(await sessions.copyStore('copy')).toMatchObject({ sessions: 1, turns: 1, left_out: [] });
  expect(await sessions.copyStore('copy')).toMatchObject({ sessions: 0, known: 1 });
});
