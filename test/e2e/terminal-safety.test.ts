import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { Place, PROGRAM } from '../support/run.ts';
import { Terminal } from '../support/terminal.ts';

const NASTY = 'x\u001B]0;owned\u0007\u009B2J\u202Etxt\nsession: forged';

/** A place whose files, settings and answers all say it. */
async function makePlace(): Promise<{ place: Place; id: string }> {
  const place = new Place();
  const study = path.join(place.root, 'studies', 'owned\u202Etxt', '1_setup');
  mkdirSync(study, { recursive: true });
  writeFileSync(path.join(study, 'optimization_config.json'), '{}');
  writeFileSync(path.join(place.root, 'CLAUDE.md'), NASTY);
  const id = await place.newSession('--system-prompt', NASTY);
  await place.must('config', 'set', 'systemPrompt.text', NASTY);
  await place.must('send', id, '-q', `say ${JSON.stringify(NASTY)}`);
  return { place, id };
}

describe('what others wrote commands no terminal and forges no line', () => {
  test.each([
    ['history'],
    ['history', '--json'],
    ['history', '--markdown'],
    ['show', '--context'],
    ['send', '--dry-run', 'hi'],
    ['study', '--list'],
    ['study', '--list', '--json'],
    ['export'],
    ['config', 'get', 'systemPrompt.text'],
    ['config', 'list'],
    ['watch'],
  ])('session %s %s', async (verb, ...rest) => {
    const { place, id } = await makePlace();
    const words = verb === 'config' ? [verb, ...rest] : [verb!, id, ...rest];
    const quoted = [process.execPath, PROGRAM, ...words].map((word) => `'${word}'`).join(' ');
    const terminal = new Terminal(`${quoted}; echo; echo E''ND`, {
      cwd: place.root,
      env: { ...place.env, NO_COLOR: '1' },
    });
    const shown = await terminal.until('END');
    terminal.close();
    expect(shown).toContain('owned');
    // oxlint-disable-next-line no-control-regex -- they are what is looked for
    expect(shown).not.toMatch(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F\u202E]/);
    if (rest.includes('--list') || verb === 'export') expect(shown).not.toMatch(/^session: forged/m);
  });

  test('notices and failures', async () => {
    const place = new Place();
    const id = await place.newSession();
    const file = path.join(place.root, 'import.jsonl');
    const [head, session] = (await place.must('export', id)).split('\n');
    writeFileSync(file, `${head}\n${JSON.stringify({ ...JSON.parse(session!), mode: NASTY })}\n`);
    const told = [
      await place.run(['import', file]),
      await place.run(['show', NASTY]),
      await place.run(['new', '--study', NASTY]),
      await place.run(['study', id, NASTY]),
      await place.run(['set', id, '--name', NASTY]),
      await place.run([NASTY]),
    ];
    for (const { code, stderr } of told) {
      expect(code).not.toBe(0);
      expect(stderr).toContain('owned');
      // oxlint-disable-next-line no-control-regex -- they are what is looked for
      expect(stderr).not.toMatch(/[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u202E]/);
      expect(stderr).not.toMatch(/^session: forged/m);
    }
  });
});
