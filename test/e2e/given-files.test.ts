import { execFile } from 'node:child_process';
import { mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { makePipe, writeDatabase } from '../support/study-tree.ts';
import { Place, PROGRAM } from '../support/run.ts';

/** What a shell prints that calls the program as `session`. */
async function shell(place: Place, script: string): Promise<string> {
  const prelude = `session() { ${process.execPath} ${PROGRAM} "$@"; }\n`;
  const options = { cwd: place.root, env: place.env };
  return (await promisify(execFile)('/bin/bash', ['-c', prelude + script], options)).stdout;
}

test('MCP servers may come from a pipe, which is kept with the session, or as JSON', async () => {
  const place = new Place();
  const config = '{"mcpServers":{"a":{"command":"true","disabled":true}}}';
  for (const given of [`<(echo '${config}')`, `/dev/stdin <<< '${config}'`, `'${config}'`]) {
    const text = await shell(place, `id=$(session new --mcp-config ${given}) && session show $id --json`);
    const [kept] = (JSON.parse(text) as { mcp_configs: string[] }).mcp_configs;
    expect(kept!.trim()).toBe(config);
  }
  const { code, stderr } = await place.run(['new', '--mcp-config', '/dev/stdin'], { stdin: 'servers.json' });
  expect(stderr).toContain('The MCP config /dev/stdin is not a JSON object.');
  expect(code).toBe(2);
});

test('a reference that nothing fills in is told at the turn', async () => {
  const place = new Place();
  const config = '{"mcpServers":{"a":{"command":"${UNSET_BIN}","args":["${SET:-x}"]}}}';
  const id = await place.newSession('--mcp-config', config);
  const { stderr } = await place.run(['send', id, 'say hello']);
  expect(stderr).toContain('MCP server "a" refers to ${UNSET_BIN}, which is not set');
  expect(stderr).not.toContain('SET:-x');
});

describe('a file for the prompt', () => {
  test('may come from a pipe that the shell opens', async () => {
    const place = new Place();
    const text = await shell(
      place,
      'id=$(session new --context <(echo first) --context /dev/stdin <<< second) && session show $id --context',
    );
    expect(text).toMatch(/```\nfirst\n```[^]*```\nsecond\n```/);
  });

  test.each([
    ['a named pipe', 'is a named pipe'],
    ['a device', 'is a device'],
    ['a huge sparse file', 'is larger than 1 MB'],
  ])('is refused in a sentence when it is %s', async (kind, words) => {
    const place = new Place();
    const file = kind === 'a device' ? '/dev/zero' : path.join(place.root, 'file');
    if (kind === 'a named pipe') makePipe(file);
    if (kind === 'a huge sparse file') {
      writeFileSync(file, '');
      truncateSync(file, 3 * 2 ** 30);
    }
    for (const option of ['--context', '--mcp-config']) {
      const { code, stderr } = await place.run(['new', option, file]);
      expect(stderr).toContain(`${file} ${words}.`);
      expect(code).toBe(2);
    }
    const id = await place.newSession();
    await place.must('config', 'set', 'systemPrompt.file', file);
    const sent = await place.run(['send', id, 'say hello', '--timeout', '20s']);
    expect(sent.stderr).toContain(`The system prompt file ${file} ${words}.`);
    expect(sent.code).toBe(2);
  });

  test('has the size that the setting says', async () => {
    const place = new Place();
    writeFileSync(path.join(place.root, 'notes'), 'x'.repeat(2000));
    await place.must('config', 'set', 'context.maxFileBytes', '1KiB');
    const { code, stderr } = await place.run(['new', '--context', 'notes']);
    expect(stderr).toContain('is larger than 1024 bytes.');
    expect(code).toBe(2);
    await place.must('config', 'set', 'context.maxFileBytes', '2KiB');
    await place.must('new', '--context', 'notes');
  });
});

describe('what a checkout has in place of a study’s files', () => {
  const HOSTILE: [string, (file: string) => void][] = [
    [
      'a view that never ends',
      (file) =>
        writeDatabase(
          file,
          `create view studies as with recursive n(study_id) as (select 1 union all select study_id + 1 from n)
           select study_id, 'x' as study_name from n`,
        ),
    ],
    ['a named pipe', (file) => makePipe(file)],
    ['a link to a device', (file) => symlinkSync('/dev/zero', file)],
    ['a huge sparse file', (file) => (writeFileSync(file, ''), truncateSync(file, 3 * 2 ** 30))],
  ];

  test.each(HOSTILE)('does not hold up a turn: %s', async (_, make) => {
    const place = new Place();
    const folder = path.join(place.root, 'studies/s');
    mkdirSync(folder, { recursive: true });
    const names = ['README.md', 'STUDY_REPORT.md', 'study.db', 'optimization_config.json'];
    for (const name of names) make(path.join(folder, name));
    const id = await place.newSession('--study', 's');
    const sent = await place.run(['send', id, 'say hello', '--timeout', '20s']);
    expect(sent).toMatchObject({ code: 0, stdout: 'hello\n' });
    const told = await place.must('study', id);
    for (const name of names) expect(told.split('### Not read')[1]).toContain(name);
  });
});

test.each(['.session.json', '.mcp.json', 'CLAUDE.md'])(
  'a named pipe as %s holds up nothing',
  async (name) => {
    const place = new Place();
    makePipe(path.join(place.root, name));
    const started = performance.now();
    for (const argv of [['new'], ['doctor'], ['list']]) await place.run(argv);
    expect(performance.now() - started).toBeLessThan(30_000);
  },
);
