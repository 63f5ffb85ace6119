import { Ajv } from 'ajv';
import { expect, it } from 'vitest';
import { narrowSchema } from '../../../../src/agents/claude/output-schema.ts';

const object = (more: object): Record<string, unknown> => ({ type: 'object', ...more });
const ofA = (more: object): Record<string, unknown> => object({ properties: { a: more } });

it.each([
  ['what it knows stays', ofA({ type: 'string', minLength: 1 }), ofA({ type: 'string', minLength: 1 })],
  ['the dialect goes', object({ $schema: 'https://json-schema.org/draft/2020-12/schema' }), object({})],
  [
    'a format becomes a comment',
    ofA({ type: 'string', format: 'date' }),
    ofA({ type: 'string', $comment: '{"format":"date"}' }),
  ],
  [
    'a newer word becomes a comment, at any depth',
    object({ $defs: { x: { anyOf: [{ type: 'array', prefixItems: [true] }] } } }),
    object({ $defs: { x: { anyOf: [{ type: 'array', $comment: '{"prefixItems":[true]}' }] } } }),
  ],
  ['a name of a property is no word', ofA({}), ofA({})],
  [
    'a property with the name of a word stays',
    object({ properties: { format: { type: 'string' } } }),
    object({ properties: { format: { type: 'string' } } }),
  ],
  [
    'values stay as they are',
    ofA({ enum: [{ format: 1 }], default: { x: 1 } }),
    ofA({ enum: [{ format: 1 }], default: { x: 1 } }),
  ],
  ['a comment of the user’s stays', ofA({ $comment: 'mine', format: 'date' }), ofA({ $comment: 'mine' })],
  [
    'choices at the top, which the API refuses, become a comment',
    object({ oneOf: [{ required: ['a'] }] }),
    object({ $comment: '{"oneOf":[{"required":["a"]}]}' }),
  ],
  [
    'what claude refuses for other reasons becomes a comment as a whole',
    ofA({ if: { type: 'string' } }),
    object({ $comment: JSON.stringify(ofA({ if: { type: 'string' } })) }),
  ],
])('%s', async (_what, schema, narrowed) => {
  expect(await narrowSchema(schema)).toEqual(narrowed);
  expect(() => new Ajv({ strict: true, logger: false }).compile(narrowed)).not.toThrow();
});

it('fits into one argument, whatever it is', async () => {
  const names = Array.from({ length: 2_600 }, (_, n) => [`n${n}`, { format: 'x' }] as const);
  const long = object({ properties: Object.fromEntries(names) });
  expect(JSON.stringify(await narrowSchema(long))).not.toContain('$comment');
  const strange = object({ 'x-text': '"'.repeat(30_000), if: {} });
  expect(await narrowSchema(strange)).toEqual({ type: 'object' });
});
