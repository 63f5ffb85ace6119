import { table } from './table.ts';

/** The content of `test/bench/results.json`, with the tables of `npm run bench`. */
export interface Benchmark {
  results: {
    machine: string;
    node: string;
    parts: Record<string, { tables: { title: string; rows: { name: string; median?: number }[] }[] }>;
  };
  tables: string;
}

/**
 * The place of a row: the beginning of its table's title, and its name. Of several tables the last counts, which has
 * the newest claude.
 */
type Place = [title: string, name: string];

const LATER = 'A later turn';
const LISTS = 'List 1,000 sessions with 100,000 messages';
const HISTORIES = 'The same history in a small and a large store';
const AT_ONCE = '32 turns at once';
const IN_SHORT: [what: string, ours: Place, otherwise: string, theirs: Place][] = [
  [
    '`send`, a later turn',
    [LATER, 'session send, a later turn'],
    '`claude -p --resume`',
    [LATER, 'claude -p --resume'],
  ],
  ['`send --warm`', [LATER, 'session send --warm'], '`claude -p --resume`', [LATER, 'claude -p --resume']],
  [
    '`history`, one million messages stored',
    [HISTORIES, 'history, 1,000,000 messages stored'],
    'ten messages stored',
    [HISTORIES, 'history, 10 messages stored'],
  ],
  ['`list` of 1,000 sessions', [LISTS, 'session list --json'], '`acpx`, its list', [LISTS, 'acpx']],
  ['32 turns at once', [AT_ONCE, 'session send'], '32 × `claude -p`', [AT_ONCE, 'claude -p']],
];

export function benchmark({ results, tables }: Benchmark): string {
  return `${describeMachine(results)}\n\n${tables}`;
}

/** The five comparisons of the guide. */
export function benchmarkInShort({ results }: Benchmark): string {
  const rows = IN_SHORT.map(([what, ours, otherwise, theirs]) => [
    what,
    findMedian(results, ours),
    otherwise,
    findMedian(results, theirs),
  ]);
  return `${describeMachine(results)}\n\n${table(['', 'median', 'compared with', 'median'], rows)}`;
}

function findMedian({ parts }: Benchmark['results'], [title, name]: Place): string {
  const tables = Object.values(parts).flatMap((part) => part.tables);
  const median = tables
    .filter((each) => each.title.startsWith(title))
    .at(-1)
    ?.rows.find((row) => row.name === name)?.median;
  if (median === undefined) throw new Error(`test/bench/results.json has no "${name}" in "${title}"`);
  return `${Math.round(median)} ms`;
}

const describeMachine = ({ machine, node }: Benchmark['results']): string =>
  `Node ${node.slice(1)}, ${machine}.`;
