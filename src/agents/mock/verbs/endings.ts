import { FAILURES, maxRetries } from '../failures.ts';
import type { Failure } from '../failures.ts';
import { Crash } from '../io.ts';
import { useUpLimit } from '../limit.ts';
import { IGNORABLE } from '../machine.ts';
import { replayFile } from '../replay-file.ts';
import type { Turn } from '../turn.ts';
import { hang } from '../wait.ts';
import { count, dollars, durationMs, oneOf, optional, text, word } from './arguments.ts';
import { verb } from './verb.ts';
import type { Verb } from './verb.ts';

const KINDS = [
  ...(Object.keys(FAILURES) as `${keyof typeof FAILURES}`[]),
  'limit',
  'max-turns',
  'budget',
] as const;
const HOUR_MS = 3_600_000;

/** Records that claude does not print today: a new type, subtype, event and block, and JSON that is not an object. */
const UNKNOWN_RECORDS: readonly object[] = [
  { type: 'mystery', answer: 42 },
  { type: 'system', subtype: 'mystery' },
  { type: 'stream_event', event: { type: 'mystery' } },
  { type: 'assistant', message: { content: [{ type: 'mystery', text: 'not the answer' }] } },
  { type: 'control_request', request_id: 'mystery', request: { subtype: 'mystery' } },
  [],
];

/** Verbs that fail, ignore signals, or break the protocol. */
export const ENDING_VERBS = {
  fail: verb(
    [oneOf('failure', KINDS), optional(durationMs)],
    'ends the turn as claude does when the API fails so, after CLAUDE_CODE_MAX_RETRIES (10) quick retries where claude retries. `limit` is a usage limit of the account: it ends after DURATION (an hour), and the next `fail limit` after that passes and lifts it.',
    fail,
  ),
  retry: verb(
    [optional(count('N'))],
    'has the API refuse N times (1) with 429, then goes on.',
    (turn, times = 1) => turn.retry(times, FAILURES[429], maxRetries(turn.machine.env)),
  ),
  usage: verb(
    [count('INPUT'), count('OUTPUT'), optional(dollars), optional(word('MODEL'))],
    'sets what this model call uses, in tokens, and costs (else 1650 in, a token for four characters out). With MODEL it is what a sub-agent on that model has used besides.',
    (turn, inTokens, outTokens, costUsd, model) => {
      const usage = { input: inTokens, output: outTokens };
      if (model === undefined) turn.fixUsage(usage, costUsd);
      else turn.machine.spending.add(model, usage, costUsd);
    },
  ),
  hang: verb([], 'says nothing more, for ever.', (turn) => hang(turn.signal)),
  ignore: verb(
    [optional(oneOf('signal', IGNORABLE))],
    'from now on ignores this (all of them when none is named): `ignore` and `hang` end by SIGKILL only.',
    ({ machine }, named) => {
      for (const each of named === undefined ? IGNORABLE : [named]) machine.ignored.add(each);
    },
  ),
  crash: verb(
    [optional(count('STATUS'))],
    'ends the process at once with this exit status (1) and no result line.',
    (_, status = 1) => {
      throw new Crash(status);
    },
  ),
  kill: verb([], 'ends its own process with SIGKILL.', (turn) => {
    process.kill(process.pid, 'SIGKILL');
    return hang(turn.signal);
  }),
  truncate: verb(
    [],
    'at the end prints half the result line and exits with 0, as claude does to a slow pipe.',
    (turn) => turn.cutResult(),
  ),
  raw: verb(
    [text('LINE')],
    'prints a line as it is: a record of your own, or no JSON at all.',
    ({ machine }, line) => machine.output.line(line),
  ),
  unknown: verb([], 'prints records of kinds that no reader can know, then goes on.', ({ machine }) => {
    for (const record of UNKNOWN_RECORDS) machine.output.record(record);
  }),
  replay: verb(
    [text('FILE')],
    'prints a recorded stream as it is, in place of a turn; the session id is the recorded one, but the id of the message that it answers is that of this one.',
    replayFile,
  ),
} as const satisfies Record<string, Verb>;

async function fail(turn: Turn, kind: (typeof KINDS)[number], limitMs = HOUR_MS): Promise<void> {
  const { maxTurns, maxBudgetUsd } = turn.machine.options;
  if (kind === 'max-turns') turn.endAtTurns(maxTurns === Infinity ? 1 : maxTurns);
  if (kind === 'budget') turn.endAtBudget(maxBudgetUsd === Infinity ? 1 : maxBudgetUsd);
  turn.request();
  if (kind === 'limit') {
    useUpLimit(turn, limitMs);
    return;
  }
  const failure: Failure = FAILURES[kind];
  if (failure.retriedAs !== undefined) await turn.retry(maxRetries(turn.machine.env), failure);
  turn.fail(failure);
}
