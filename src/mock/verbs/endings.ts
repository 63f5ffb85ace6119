import { buildRetries, FAILURES, maxRetries } from '../failures.ts';
import type { Failure } from '../failures.ts';
import { Crash, IGNORABLE } from '../machine.ts';
import { hang } from '../pause.ts';
import type { Turn } from '../turn.ts';
import { replayFile } from './replay.ts';
import { UNKNOWN_RECORDS } from './unknown-records.ts';
import type { Verb } from './verb.ts';

const LIMITS = ['max-turns', 'budget'] as const;
const KINDS = [...(Object.keys(FAILURES) as `${keyof typeof FAILURES}`[]), ...LIMITS];

/** Verbs that go wrong, stop listening, or leave the protocol. */
export const ENDING_VERBS = {
  fail: {
    arguments: KINDS.join('|'),
    does: 'ends the turn as claude does when the API fails so, with its words, after CLAUDE_CODE_MAX_RETRIES (10) quick retries where claude retries.',
    parse: (given) => {
      const kind = given.oneOf('failure', KINDS);
      given.end();
      return (turn) => fail(turn, kind);
    },
  },
  retry: {
    arguments: '[N]',
    does: 'has the API refuse N times (1) with 429, then goes on.',
    parse: (given) => {
      const count = given.isEmpty ? 1 : given.count('N');
      return (turn) => turn.retry(buildRetries(count, FAILURES[429], maxRetries(turn.machine.env)));
    },
  },
  usage: {
    arguments: 'INPUT OUTPUT [USD]',
    does: 'sets what this model call uses, in tokens, and costs (else 1650 in, a token for four characters out).',
    parse: (given) => {
      const usage = { input: given.count('INPUT'), output: given.count('OUTPUT') };
      const costUsd = given.isEmpty ? undefined : given.number('USD');
      given.end();
      return (turn) => turn.stream.fixUsage(usage, costUsd);
    },
  },
  hang: {
    arguments: '',
    does: 'says nothing more, for ever.',
    parse: (given) => {
      given.end();
      return (turn) => hang(turn.signal);
    },
  },
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
  kill: {
    arguments: '',
    does: 'ends its own process with SIGKILL.',
    parse: (given) => {
      given.end();
      return (turn) => {
        process.kill(process.pid, 'SIGKILL');
        return hang(turn.signal);
      };
    },
  },
  truncate: {
    arguments: '',
    does: 'at the end prints half the result line and exits with 0, as claude does to a slow pipe.',
    parse: (given) => {
      given.end();
      return (turn) => turn.stream.cutResult();
    },
  },
  raw: {
    arguments: 'LINE',
    does: 'prints a line as it is: a record of your own, or no JSON at all.',
    parse: (given) => {
      const line = given.text('LINE');
      return ({ machine }) => machine.output.line(line);
    },
  },
  unknown: {
    arguments: '',
    does: 'prints records of kinds that no reader can know, then goes on.',
    parse: (given) => {
      given.end();
      return ({ machine }) => {
        for (const record of UNKNOWN_RECORDS) machine.output.record(record);
      };
    },
  },
  replay: {
    arguments: 'FILE',
    does: 'prints a recorded stream as it is, in place of a turn; the session id is the recorded one.',
    isWholeTurn: true,
    parse: (given) => {
      const file = given.text('FILE');
      return (turn) => replayFile(turn, file);
    },
  },
} as const satisfies Record<string, Verb>;

async function fail(turn: Turn, kind: (typeof KINDS)[number]): Promise<void> {
  const { env, options } = turn.machine;
  if (kind === 'max-turns') turn.stream.endAtTurns(options.maxTurns || 1);
  if (kind === 'budget') turn.stream.endAtBudget(options.maxBudgetUsd ?? 1);
  const failure: Failure = FAILURES[kind];
  if (kind !== 'login') turn.stream.request();
  if (failure.retriedAs !== undefined) await turn.retry(buildRetries(maxRetries(env), failure));
  turn.fail(failure);
}
