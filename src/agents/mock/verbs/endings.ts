import { createReadStream } from 'node:fs';
import path from 'node:path';
import { readLines } from '../../../system/read-lines.ts';
import { FAILURES, maxRetries } from '../failures.ts';
import type { Failure } from '../failures.ts';
import { Crash, TurnOver } from '../io.ts';
import { useUpLimit } from '../limit.ts';
import { IGNORABLE } from '../machine.ts';
import type { Turn } from '../turn.ts';
import { hang } from '../wait.ts';
import { plainVerb, textVerb } from './verb.ts';
import type { Verb } from './verb.ts';

const KINDS = [
  ...(Object.keys(FAILURES) as `${keyof typeof FAILURES}`[]),
  'limit',
  'max-turns',
  'budget',
] as const;
const HOUR_MS = 3_600_000;
const ORIGINS = ['peer', 'task-notification'] as const;

/** Shapes claude does not have today: new kinds, new subtypes, new deltas and blocks, and JSON that is no object. */
const UNKNOWN_RECORDS: readonly object[] = [
  { type: 'mystery', answer: 42 },
  { type: 'system', subtype: 'mystery' },
  { type: 'stream_event', event: { type: 'mystery' } },
  {
    type: 'stream_event',
    event: { type: 'content_block_delta', index: 99, delta: { type: 'mystery_delta' } },
  },
  {
    type: 'assistant',
    message: { role: 'assistant', content: [{ type: 'mystery', text: 'not the answer' }] },
  },
  { type: 'user', message: { role: 'user', content: [{ type: 'mystery' }] } },
  { type: 'control_request', request_id: 'mystery', request: { subtype: 'mystery' } },
  { subtype: 'typeless' },
  [],
];

/** Verbs that go wrong, stop listening, or leave the protocol. */
export const ENDING_VERBS = {
  fail: {
    arguments: `${KINDS.join('|')} [DURATION]`,
    does: 'ends the turn as claude does when the API fails so, after CLAUDE_CODE_MAX_RETRIES (10) quick retries where claude retries. `limit` is a usage limit of the account: it ends after DURATION (an hour), and the next `fail limit` after that passes and lifts it.',
    parse: (given) => {
      const kind = given.oneOf('failure', KINDS);
      const durationMs = kind === 'limit' && !given.isEmpty ? given.duration('DURATION') : HOUR_MS;
      return (turn) => fail(turn, kind, durationMs);
    },
  },
  retry: {
    arguments: '[N]',
    does: 'has the API refuse N times (1) with 429, then goes on.',
    parse: (given) => {
      const count = given.isEmpty ? 1 : given.count('N');
      return (turn) => turn.retry(count, FAILURES[429], maxRetries(turn.machine.env));
    },
  },
  usage: {
    arguments: 'INPUT OUTPUT [USD [MODEL]]',
    does: 'sets what this model call uses, in tokens, and costs (else 1650 in, a token for four characters out). With MODEL it is what a sub-agent on that model has used besides.',
    parse: (given) => {
      const usage = { input: given.count('INPUT'), output: given.count('OUTPUT') };
      const costUsd = given.isEmpty ? undefined : given.number('USD');
      if (given.isEmpty) return (turn) => turn.fixUsage(usage, costUsd);
      const model = given.word('MODEL');
      return ({ machine }) => machine.addUsage(model, usage, costUsd ?? 0);
    },
  },
  wake: {
    arguments: `DURATION ${ORIGINS.join('|')} TEXT`,
    does: 'so long after the result, a turn that nobody asked for answers TEXT: to a message of another claude, or when work in the background is done (which claude waits for at the end of stdin).',
    parse: (given) => {
      const delayMs = given.duration('DURATION');
      const origin = given.oneOf('origin', ORIGINS);
      const text = given.text('TEXT');
      return ({ machine }) => void machine.wakes.push({ delayMs, origin, text });
    },
  },
  hang: plainVerb('says nothing more, for ever.', (turn) => hang(turn.signal)),
  ignore: {
    arguments: `[${IGNORABLE.join('] [')}]`,
    does: 'from now on ignores these (all of them when none is named): `ignore` and `hang` end by SIGKILL only.',
    parse: (given) => {
      const chosen = given.isEmpty ? [...IGNORABLE] : [];
      while (!given.isEmpty) chosen.push(given.oneOf('signal', IGNORABLE));
      return ({ machine }) => {
        for (const each of chosen) machine.ignored.add(each);
      };
    },
  },
  crash: {
    arguments: '[STATUS]',
    does: 'ends the process at once with this exit status (1) and no result line.',
    parse: (given) => {
      const status = given.isEmpty ? 1 : given.count('STATUS');
      return () => {
        throw new Crash(status);
      };
    },
  },
  kill: plainVerb('ends its own process with SIGKILL.', (turn) => {
    process.kill(process.pid, 'SIGKILL');
    return hang(turn.signal);
  }),
  truncate: plainVerb(
    'at the end prints half the result line and exits with 0, as claude does to a slow pipe.',
    (turn) => turn.cutResult(),
  ),
  raw: textVerb(
    'LINE',
    'prints a line as it is: a record of your own, or no JSON at all.',
    ({ machine }, line) => machine.output.line(line),
  ),
  unknown: plainVerb('prints records of kinds that no reader can know, then goes on.', ({ machine }) => {
    for (const record of UNKNOWN_RECORDS) machine.output.record(record);
  }),
  replay: textVerb(
    'FILE',
    'prints a recorded stream as it is, in place of a turn; the session id is the recorded one, but the id of the message that it answers is that of this one.',
    (turn, file) => replayFile(turn, file),
  ),
} as const satisfies Record<string, Verb>;

async function fail(turn: Turn, kind: (typeof KINDS)[number], durationMs: number): Promise<void> {
  const { maxTurns, maxBudgetUsd } = turn.machine.options;
  if (kind === 'max-turns') turn.endAtTurns(maxTurns || 1);
  if (kind === 'budget') turn.endAtBudget(maxBudgetUsd ?? 1);
  if (kind !== 'login') turn.request();
  if (kind === 'limit') {
    useUpLimit(turn, durationMs);
    return;
  }
  const failure: Failure = FAILURES[kind];
  if (failure.retriedAs !== undefined) await turn.retry(maxRetries(turn.machine.env), failure);
  turn.fail(failure);
}

/** Prints a recorded stream line by line; one that ends without a result ends the process so too. */
async function replayFile(turn: Turn, file: string): Promise<never> {
  const { cwd, output } = turn.machine;
  const { uuid } = turn.message;
  let isError: boolean | undefined;
  for await (const line of readLines(createReadStream(path.resolve(cwd, file)))) {
    if (line === undefined) continue;
    output.line(uuid === undefined ? line : answering(line, uuid));
    isError = resultIsError(line) ?? isError;
    await output.flush();
    turn.signal.throwIfAborted();
  }
  throw isError === undefined ? new Crash(1) : new TurnOver(isError);
}

function answering(line: string, uuid: string): string {
  return line.replaceAll(/("(?:user_message_uuids?|command_uuid)":\[?)"[0-9a-f-]{36}"/g, `$1"${uuid}"`);
}

function resultIsError(line: string): boolean | undefined {
  try {
    const { type, is_error } = JSON.parse(line) as { type?: string; is_error?: boolean };
    return type === 'result' ? is_error === true : undefined;
  } catch {
    return undefined;
  }
}
