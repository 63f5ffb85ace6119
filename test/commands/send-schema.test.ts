import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { Place, parseLines } from '../support/run.ts';
import type { Content } from '../support/run.ts';
import { sendWarm } from '../support/warm.ts';

const SCHEMA = {
  type: 'object',
  properties: { count: { type: 'integer' }, day: { type: 'string', format: 'date' } },
  required: ['count'],
  additionalProperties: false,
};
const ASKED = ['--schema', JSON.stringify(SCHEMA)];
const VALUE = { count: 3, day: '2026-01-02' };
const SAY = `say ${JSON.stringify(VALUE)}`;

async function make(): Promise<{ place: Place; id: string }> {
  const place = new Place();
  return { place, id: await place.newSession() };
}

describe('an answer that fits', () => {
  it('is alone on stdout, one line, whatever else was said', async () => {
    const { place, id } = await make();
    const { code, stdout } = await place.run(['send', id, `say Let me see.\nbash echo x\n${SAY}`, ...ASKED]);
    expect([code, stdout]).toEqual([0, `${JSON.stringify(VALUE)}\n`]);
    const quiet = await place.run(['send', id, SAY, ...ASKED, '--no-stream', '-q']);
    expect([quiet.stdout, quiet.stderr]).toEqual([`${JSON.stringify(VALUE)}\n`, '']);
  });

  it('is in done, wait, watch and history, and the last of the texts', async () => {
    const { place, id } = await make();
    const sent = parseLines((await place.run(['send', id, `say So:\n${SAY}`, ...ASKED, '--ndjson'])).stdout);
    const text = `So:\n\n${JSON.stringify(VALUE)}`;
    expect(sent.at(-1)).toMatchObject({ type: 'done', status: 'completed', output: VALUE, text });
    expect(JSON.parse(await place.must('wait', id, '--json'))).toMatchObject({ output: VALUE });
    expect(await place.must('watch', id)).toBe(`${JSON.stringify(VALUE)}\n`);
    expect(parseLines(await place.must('watch', id, '--ndjson')).at(-1)).toMatchObject({
      output: VALUE,
      text,
    });
    expect(await place.history(id)).toMatchObject([{ output: null }, { output: VALUE, content: text }]);
    expect(await place.must('search', '2026-01-02', '--json')).toContain('matches');
  });

  it('comes on a resumed session, and only from the turn that asked for it', async () => {
    const { place, id } = await make();
    await place.must('send', id, 'say one');
    const both = [
      await place.must('send', id, SAY, ...ASKED, '--json'),
      await place.must('send', id, SAY, '--json'),
    ];
    expect(both.map((each) => JSON.parse(each) as Content)).toMatchObject([
      { output: VALUE, start: { continuity: 'resume' } },
      { output: null, text: JSON.stringify(VALUE), start: { continuity: 'resume' } },
    ]);
  });

  it('comes from a detached turn, and is watched in one line while it runs', async () => {
    const { place, id } = await make();
    await place.must('send', id, `say wait\nsleep 500ms\n${SAY}`, ...ASKED, '--detach');
    expect(await place.must('watch', id)).toBe(`${JSON.stringify(VALUE)}\n`);
    expect(JSON.parse(await place.must('wait', id, '--json'))).toMatchObject({ output: VALUE });
  });

  it('comes from a warm agent, which another schema starts anew', async () => {
    const { place, id } = await make();
    const warm = async (...flags: string[]): Promise<Content> => await sendWarm(place, id, SAY, flags);
    expect(await warm(...ASKED)).toMatchObject({ output: VALUE });
    expect(await warm(...ASKED)).toMatchObject({ output: VALUE, start: { continuity: 'warm' } });
    expect(await warm()).toMatchObject({ output: null, start: { continuity: 'resume' } });
    const bad = await place.run(['send', id, 'say {"count":"x"}', '--warm', ...ASKED]);
    expect([bad.code, bad.stdout]).toEqual([1, '']);
    await place.must('stop', id);
    await place.expectNothingLeft();
  });

  it('survives the end of send, and is checked by the process that finishes the turn', async () => {
    const { place, id } = await make();
    for (const [said, outcome] of [
      [SAY, { status: 'completed', output: VALUE }],
      ['say {"count":"x"}', { status: 'failed', output: null, error: { code: 'OUTPUT_INVALID' } }],
    ] as const) {
      const sending = place.start(['send', id, `say wait\nsleep 300ms\n${said}`, ...ASKED, '--ndjson']);
      await sending.says('"text"');
      sending.kill('SIGKILL');
      await sending.ended;
      expect(JSON.parse((await place.run(['wait', id, '--json'])).stdout)).toMatchObject(outcome);
    }
  });

  it('moves with export and import, also to a place that masks', async () => {
    const { place, id } = await make();
    await place.must('send', id, SAY, ...ASKED);
    const file = path.join(place.root, 'out.jsonl');
    await place.must('export', id, '--file', file);
    const other = new Place();
    await other.must('import', file);
    expect((await other.history(id)).at(-1)).toMatchObject({ output: VALUE });
    expect(parseLines(await other.must('export', id)).find(({ type }) => type === 'turn')).toMatchObject({
      output: VALUE,
      limits: { schema: SCHEMA },
    });
    expect(await place.must('export', id, '--format', 'html')).toContain('2026-01-02');
    await place.must('fork', id, '--name', 'copy');
    expect((await place.history('copy')).at(-1)).toMatchObject({ output: VALUE });
  });

  it('is masked where it is stored, and printed as it is', async () => {
    const { place, id } = await make();
    const value = { key: `sk-ant-api03-${'aB3x'.repeat(8)}` };
    const argv = ['send', id, `say ${JSON.stringify(value)}`, '--schema', '{"type":"object"}'];
    const { stdout } = await place.run(argv, { env: { CLAUDE_SESSION_REDACT: '1' } });
    expect(JSON.parse(stdout)).toEqual(value);
    expect((await place.history(id)).at(-1)).toMatchObject({ output: { key: '[redacted]' } });
    expect(readFileSync(path.join(place.home, 'sessions.sqlite'), 'latin1')).not.toContain('aB3xaB3x');
  });
});

describe('an answer that does not fit', () => {
  it.each([
    [
      'one of another type',
      'say {"count":"3"}',
      'The answer does not fit the schema: /count must be integer.',
    ],
    [
      'one that only the whole schema refuses',
      'say {"count":3,"day":"2026-21-02"}',
      '/day must match format',
    ],
    ['one with more in it', 'say {"count":3,"more":1}', `must NOT have additional properties ("more")`],
    ['none', 'say Three.', 'The agent gave no structured answer'],
    ['JSON that is no object', 'say [3]', 'The agent gave no structured answer'],
  ])('%s is an error, and is kept as it was said', async (_what, script, message) => {
    const { place, id } = await make();
    const json = await place.run(['send', id, script, ...ASKED, '--json']);
    expect(json.code).toBe(1);
    expect(JSON.parse(json.stdout)).toMatchObject({
      status: 'failed',
      output: null,
      text: script.slice(4),
      error: { code: 'OUTPUT_INVALID', message: expect.stringContaining(message) as string, exit_status: 1 },
    });
    const text = await place.run(['send', id, script, ...ASKED]);
    expect([text.code, text.stdout]).toEqual([1, '']);
    expect(text.stderr).toContain(message);
    expect(await place.history(id)).toMatchObject([
      {},
      { status: 'failed', output: null, content: script.slice(4) },
      {},
      {},
    ]);
    expect((await place.run(['wait', id])).code).toBe(1);
    await place.must('send', id, SAY, ...ASKED);
  });
});

describe('a schema', () => {
  it('comes from a file, or from a pipe', async () => {
    const { place, id } = await make();
    const file = path.join(place.root, 'answer.schema.json');
    writeFileSync(file, `\ufeff${JSON.stringify(SCHEMA, null, 2)}`);
    expect(JSON.parse(await place.must('send', id, SAY, '--schema', file))).toEqual(VALUE);
    expect(JSON.parse(await place.must('send', id, SAY, '--schema', 'answer.schema.json'))).toEqual(VALUE);
    const program = [process.execPath, path.resolve('bin/session.js'), 'send', id, SAY].map(
      (word) => `'${word}'`,
    );
    const shell = `${program.join(' ')} --schema <(cat '${file}')`;
    const piped = execFileSync('bash', ['-c', shell], { cwd: place.root, env: place.env, encoding: 'utf8' });
    expect(JSON.parse(piped)).toEqual(VALUE);
  });

  it('may be of a newer or an older draft, and have words of others', async () => {
    const { place, id } = await make();
    const send = async (schema: object, said: object): Promise<number | null> =>
      (await place.run(['send', id, `say ${JSON.stringify(said)}`, '--schema', JSON.stringify(schema)])).code;
    const pair = (more: object): object => ({ type: 'object', properties: { pair: more } });
    const newer = pair({ prefixItems: [{ type: 'string' }], items: false });
    const older = {
      $schema: 'http://json-schema.org/draft-07/schema#',
      ...pair({ items: [{ type: 'string' }] }),
    };
    for (const schema of [
      newer,
      older,
      { ...newer, 'x-made-by': 'us', $schema: 'https://json-schema.org/draft/2020-12/schema' },
    ]) {
      expect(await send(schema, { pair: ['a'] })).toBe(0);
      expect(await send(schema, { pair: [1] })).toBe(1);
    }
  });

  it.each([
    ['that is missing', 'nosuch.json', 'The schema nosuch.json does not exist.'],
    ['that is a folder', '.', 'The schema . is a folder.'],
    ['that is no JSON', '{"type":', 'The schema is not valid JSON'],
    ['that is no object', 'list.json', 'The schema list.json is not a JSON object.'],
    ['of a list', '{"type":"array"}', 'The schema has to say "type": "object" at its top.'],
    ['of nothing', '{}', 'The schema has to say "type": "object" at its top.'],
    ['that is none', '{"type":"object","properties":3}', "The schema can't be used"],
    [
      'with a pattern that is none',
      '{"type":"object","properties":{"a":{"pattern":"("}}}',
      "The schema can't be used",
    ],
    [
      'that refers to what is not there',
      '{"type":"object","properties":{"a":{"$ref":"x.json"}}}',
      "can't be used",
    ],
    ['that is too long', `{"type":"object","description":"${'x'.repeat(70_000)}"}`, 'more than 65536 bytes'],
    [
      'that is too deep',
      `{"type":"object","not":${'{"not":'.repeat(7_000)}{}${'}'.repeat(7_001)}`,
      "can't be used",
    ],
  ])('%s is refused before anything starts', async (_what, given, message) => {
    const { place, id } = await make();
    writeFileSync(path.join(place.root, 'list.json'), '[]');
    for (const session of [id, '@new']) {
      const { code, stdout, stderr } = await place.run(['send', session, SAY, '--schema', given, '--json']);
      expect(code).toBe(2);
      expect(JSON.parse(stdout)).toMatchObject({
        type: 'error',
        code: 'USAGE',
        message: expect.stringContaining(message) as string,
      });
      expect(stderr).not.toMatch(/\n\s+at /);
    }
    expect(await place.history(id)).toEqual([]);
    expect(JSON.parse(await place.must('list', '--json'))).toHaveLength(1);
  });

  it('without which the library that checks it is not loaded', async () => {
    const { place, id } = await make();
    const trace = path.join(place.root, 'read.cjs');
    writeFileSync(
      trace,
      `const fs = require('node:fs');
       const { readFileSync, writeFileSync } = fs;
       fs.readFileSync = (name, ...more) => {
         if (String(name).endsWith('lib-ajv.cjs')) writeFileSync('loaded', '');
         return readFileSync(name, ...more);
       };`,
    );
    const loaded = path.join(place.root, 'loaded');
    await place.run(['send', id, SAY], { node: ['--require', trace] });
    expect(existsSync(loaded)).toBe(false);
    await place.run(['send', id, SAY, ...ASKED], { node: ['--require', trace] });
    expect(existsSync(loaded)).toBe(true);
  });
});
