import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Random } from '../support/random.ts';
import { isTorture, parseLines, Place } from '../support/run.ts';
import { line, readRecording } from '../support/turn-log.ts';

const HOLE = '@hole@';
const deep = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);

/** JSON texts that an agent should not write at most places, and may. */
const EXTREMES = [
  'null',
  'true',
  '-1',
  '1e999',
  '""',
  '[]',
  '{}',
  '[null]',
  '{"type":null}',
  '"\\u0000\\ud800"',
  '{"\\u0000elided":[7,0,1]}',
  '{"__proto__":{"type":"result"},"constructor":1,"toString":2}',
  deep(150),
  deep(5000),
  `{"a":${deep(100_000)}}`,
  '{"a":'.repeat(5000) + '1' + '}'.repeat(5000),
  `{${Array.from({ length: 20_000 }, (_, at) => `"k${at}":${at}`).join(',')}}`,
  `[${'0,'.repeat(200_000)}0]`,
  JSON.stringify('x'.repeat(3 << 20)),
];

/** Puts a JSON text in place of the hole. */
const fill = (value: unknown, extreme: string): string =>
  JSON.stringify(value).replace(JSON.stringify(HOLE), () => extreme);

/** The same value with a hole at some place in it. */
function pierce(value: unknown, random: Random): unknown {
  const keys = typeof value === 'object' && value !== null ? Object.keys(value) : [];
  if (keys.length === 0 || random.below(6) === 0) return HOLE;
  const chosen = random.pick(keys);
  const copy = structuredClone(value) as Record<string, unknown>;
  copy[chosen] = pierce(copy[chosen], random);
  return copy;
}

/** A recorded turn with an extreme value at three places. */
function mutate(seed: number): string[] {
  const random = new Random(seed);
  const name = random.pick(['denied-default', 'mcp-tool-iserror', 'partial-thinking', 'api-429-recovered']);
  const lines = readRecording(name).trimEnd().split('\n');
  for (let n = 0; n < 3; n++) {
    const at = random.below(lines.length);
    try {
      lines[at] = fill(pierce(JSON.parse(lines[at]!), random), random.pick(EXTREMES));
    } catch {
      lines[at] = lines[at]!.slice(0, random.below(lines[at]!.length));
    }
  }
  return lines;
}

const calls = EXTREMES.flatMap((extreme, at) => [
  fill(line.toolCall(`t${at}`, 'Bash', HOLE), extreme),
  fill(line.toolResult(`t${at}`, HOLE), extreme),
]);
const CASES: [string, string[]][] = [
  [
    'all of them as inputs and results of tools',
    [
      JSON.stringify(line.init()),
      ...calls,
      JSON.stringify(line.text('after')),
      JSON.stringify(line.result()),
    ],
  ],
  ['nothing', []],
  ['a line of 40 MB', [`{"type":"${'x'.repeat(40 << 20)}"}`, JSON.stringify(line.result())]],
  ['no end of a string', [JSON.stringify(line.init()), '{"type":"assistant","message":"']],
  ['100,000 empty lines', ['\n'.repeat(100_000), JSON.stringify(line.result())]],
];
const SEEDS = Array.from({ length: isTorture ? 400 : 8 }, () => Math.floor(Math.random() * 2 ** 31));

test.each([...CASES, ...SEEDS.map((seed): [string, string[]] => [`seed ${seed}`, mutate(seed)])])(
  'an agent that says %s ends its turn, and every command reads it',
  async (_name, lines) => {
    const place = new Place();
    const id = await place.newSession();
    const log = join(place.root, 'log.ndjson');
    writeFileSync(log, `${lines.join('\n')}\n`);
    const { code, stdout } = await place.run(['send', id, `replay ${log}`, '--ndjson', '--timeout', '20s']);
    const records = parseLines(stdout);
    expect(records.at(-1)).toMatchObject({ type: 'done', exit_code: code });
    expect(records.filter(({ code: reason }) => reason === 'INTERNAL')).toEqual([]);
    for (const argv of [
      ['history', id, '--json', '--tools'],
      ['export', id, '--format', 'html'],
      ['show', id, '--json'],
      ['send', id, 'say next'],
      ['gc', '--json'],
      ['rm', id, '--force', '--purge'],
    ]) {
      const { code: status, signal, stderr } = await place.run(argv);
      const said = stderr.replace(/^.*is deleted.*$/mu, '').trim();
      expect({ argv, status, signal, said }).toEqual({ argv, status: 0, signal: null, said: '' });
    }
    await place.expectNothingLeft();
  },
);
