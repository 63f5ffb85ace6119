import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { runInProcess } from '../../../support/mock-in-process.ts';

type Json = Record<string, unknown>;

/** Of the oldest claude that is supported and of the one that the mock follows. */
const recorded = ['recordings', 'recordings-2.1.332'].flatMap((folder) => {
  const directory = fileURLToPath(new URL(`../../../fixtures/${folder}`, import.meta.url));
  return readdirSync(directory)
    .filter((name) => name.endsWith('.ndjson') && !name.startsWith('json-verbose'))
    .flatMap((name) => parseLines(readFileSync(path.join(directory, name), 'utf8')));
});

test.each([
  ['text', 'say hello wörld', []],
  ['thinking', 'think hmm\nsay so', []],
  ['tools', 'say x\nbash echo hi\nbash false\nread nosuch\nwrite /nosuch/x y\nbash python3 x', []],
  ['a failure', 'fail 400', []],
  ['a retried failure', 'fail 500', []],
  ['a usage limit', 'fail limit', []],
  ['a lost connection', 'drop one\nsay two', []],
  ['max-turns', 'loop 3', ['--max-turns', '1']],
  ['budget', 'loop 3', ['--max-budget-usd', '0.001']],
  ['no conversation', 'say x', ['--resume', '0266ba6c-bd2f-468f-89bd-16f3c489adcb']],
])('the records of %s have the keys that claude’s have', async (_, script, args) => {
  const records = parseLines(await runInProcess(script, ['--include-partial-messages', ...args]));
  expect(records.length).toBeGreaterThan(0);
  for (const record of records) {
    const alike = recorded.filter((each) => kindOf(each) === kindOf(record)).map((each) => keysOf(each));
    expect(alike.length, `recordings of ${kindOf(record)}`).toBeGreaterThan(0);
    const keys = keysOf(record);
    const always = alike[0]!.filter((key) => alike.every((each) => each.includes(key)));
    const ever = new Set(alike.flat());
    expect(
      always.filter((key) => !keys.includes(key)),
      `missing in ${kindOf(record)}`,
    ).toEqual([]);
    expect(
      keys.filter((key) => !ever.has(key)),
      `unknown in ${kindOf(record)}`,
    ).toEqual([]);
  }
});

/** What a reader tells records apart by. */
function kindOf(record: Json): string {
  const { type, subtype, is_error, event = {}, message = {} } = record as Record<string, Json>;
  const [block = {}] = (message!['content'] ?? []) as Json[];
  const { type: delta } = (event!['delta'] ?? {}) as Json;
  const { type: opened } = (event!['content_block'] ?? {}) as Json;
  const synthetic = message!['model'] === '<synthetic>' ? 'synthetic' : '';
  return [type, subtype, is_error, event!['type'], delta, opened, block['type'], block['is_error'], synthetic]
    .filter((part) => part !== undefined && part !== '')
    .join(' ');
}

/** Keys with dots for depth; names of models and tools are no keys. */
function keysOf(value: unknown, prefix = ''): string[] {
  if (Array.isArray(value)) return keysOf(value[0], `${prefix}[]`);
  if (typeof value !== 'object' || value === null) return [prefix];
  if (
    /\.(input|tool_use_result|modelUsage|model_usage_since_last_result|permission_denials\[\]\.tool_input)$/.test(
      `.${prefix}`,
    )
  )
    return [prefix];
  return Object.entries(value).flatMap(([key, each]) =>
    keysOf(each, prefix === '' ? key : `${prefix}.${key}`),
  );
}

function parseLines(text: string): Json[] {
  return text.split('\n').flatMap((line) => {
    try {
      return [JSON.parse(line) as Json];
    } catch {
      return [];
    }
  });
}
