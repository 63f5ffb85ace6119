import { describe, expect, it } from 'vitest';
import { reply, text, toolUse } from '../support/api-reply.ts';
import type { RecordedRequest } from '../support/fake-api.ts';
import { toldConversation } from './requests.ts';
import { openWorkbench } from './workbench.ts';

/** With words that no claude knows, and one that only some know. */
const SCHEMA = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  properties: {
    count: { type: 'integer', description: 'How many.' },
    day: { type: 'string', format: 'date' },
    pair: { type: 'array', prefixItems: [{ type: 'string' }] },
  },
  required: ['count'],
  additionalProperties: false,
  'x-made-by': 'us',
};
const ASKED = ['--schema', JSON.stringify(SCHEMA)];
const VALUE = { count: 3, day: '2026-01-02' };
const answer = (value: object) => reply(toolUse('StructuredOutput', { ...value }));

/** The tool by which the API was told of the schema. */
function toldSchema(request: RecordedRequest | undefined): unknown {
  const tool = request?.body.tools?.find(({ name }) => name === 'StructuredOutput');
  return (tool as { input_schema?: unknown } | undefined)?.input_schema;
}

describe('a structured answer', () => {
  it('is asked for with all that claude knows of the schema, on new, resumed and warm conversations', async () => {
    const bench = await openWorkbench();
    const id = await bench.create();
    for (const flags of [[], [], ['--warm'], ['--warm']]) {
      bench.api.answer(reply(text(['Let me see.']), toolUse('StructuredOutput', VALUE)));
      const { status, stdout, stderr } = await bench.run('send', id, 'Count.', ...ASKED, ...flags);
      expect([status, stdout], stderr).toEqual([0, `${JSON.stringify(VALUE)}\n`]);
    }
    for (const request of bench.api.requests)
      expect(toldSchema(request)).toEqual({
        type: 'object',
        properties: {
          count: { type: 'integer', description: 'How many.' },
          day: { type: 'string', $comment: '{"format":"date"}' },
          pair: { type: 'array', $comment: '{"prefixItems":[{"type":"string"}]}' },
        },
        required: ['count'],
        additionalProperties: false,
        $comment: '{"x-made-by":"us"}',
      });
    const { done } = await bench.run('watch', id, '--ndjson');
    expect(done).toMatchObject({ output: VALUE, text: `Let me see.\n\n${JSON.stringify(VALUE)}` });
    const plain = await bench.run('send', id, 'Thanks.', '--json', '--cold');
    expect(JSON.parse(plain.stdout)).toMatchObject({
      text: 'ok',
      output: null,
      start: { continuity: 'resume' },
    });
    expect(toldSchema(bench.api.requests.at(-1))).toBeUndefined();
    expect(bench.survivors()).toEqual([]);
  });

  it('needs no permission, and comes after tools', async () => {
    const bench = await openWorkbench();
    const id = await bench.create();
    bench.api.answer(
      reply(toolUse('Bash', { command: 'python3 -c "print(3)"', description: 'count' })),
      answer(VALUE),
    );
    const { done } = await bench.run('send', id, 'Count.', ...ASKED, '--ndjson');
    expect(done).toMatchObject({ status: 'completed', output: VALUE, permission_denials: [] });
    expect(done['tool_calls']).toMatchObject([
      { name: 'Bash' },
      { name: 'StructuredOutput', is_error: false },
    ]);
  });

  it('is corrected by the model when claude refuses it', async () => {
    const bench = await openWorkbench();
    const id = await bench.create();
    bench.api.answer(answer({ count: 'three' }), answer(VALUE));
    const { done } = await bench.run('send', id, 'Count.', ...ASKED, '--ndjson');
    expect(done).toMatchObject({ status: 'completed', output: VALUE, text: JSON.stringify(VALUE) });
    expect(bench.api.requests).toHaveLength(2);
  });

  it('is asked for again after a plain one', async () => {
    const bench = await openWorkbench();
    const id = await bench.create();
    bench.api.answer(reply('Three.'), answer(VALUE));
    const { done } = await bench.run('send', id, 'Count.', ...ASKED, '--ndjson');
    expect(done).toMatchObject({ status: 'completed', output: VALUE });
  });

  it.each([
    ['never comes', () => reply('Three.'), 'no structured answer', 'Three.'],
    ['never fits what claude checks', () => answer({ count: 'x' }), '', ''],
    [
      'does not fit what we check',
      () => answer({ count: 1, day: 'today' }),
      '/day must match format',
      '{"count":1,"day":"today"}',
    ],
  ])('that %s is an error, and the conversation goes on', async (_what, script, message, said) => {
    const bench = await openWorkbench();
    const id = await bench.create();
    bench.api.script(script);
    const { status, done, records } = await bench.run('send', id, 'Count.', ...ASKED, '--ndjson');
    expect(status, JSON.stringify(done)).toBe(1);
    expect(done).toMatchObject({
      status: 'failed',
      output: null,
      text: expect.stringContaining(said) as string,
    });
    expect(records.at(-2)).toMatchObject({
      type: 'error',
      code: 'OUTPUT_INVALID',
      message: expect.stringContaining(message) as string,
    });
    bench.api.reset();
    bench.api.answer(answer(VALUE));
    const next = await bench.run('send', id, 'Again.', ...ASKED, '--ndjson');
    expect(next.done).toMatchObject({ status: 'completed', output: VALUE });
    expect(toldConversation(bench.api.requests[0])).toContain('user: Count.');
  });
});
