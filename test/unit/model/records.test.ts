import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { SessionError } from '../../../src/errors.ts';
import type { Session, Turn } from '../../../src/model/model.ts';
import { printFailure } from '../../../src/output/errors.ts';
import { LongRecord } from '../../../src/output/json-text.ts';
import { RECORDS } from '../../../src/model/records.ts';
import { buildJsonSchema } from '../../../src/model/schema.ts';
import { SCHEMA_VERSION } from '../../../src/model/schema-version.ts';
import {
  toMessageRecord,
  toModeSwitchRecord,
  toSessionRecord,
  toTurnRecord,
} from '../../../src/model/to-record.ts';
import { printed } from '../output/support.ts';

const SESSION: Session = {
  id: '0badcafe',
  name: 'nightly',
  mode: 'user',
  root: '/repo',
  study: null,
  agent: 'claude',
  model: null,
  effort: null,
  fallbackModel: null,
  addedDirs: [],
  agentSessionId: null,
  agentSinceTurn: null,
  agentContext: null,
  agentSpent: null,
  fork: null,
  systemPrompt: null,
  attachments: [],
  mcpConfigs: [],
  warm: false,
  ask: false,
  allowedTools: [],
  pinned: true,
  tags: { team: 'a' },
  budgetUsd: null,
  createdAt: 0,
  lastActiveAt: 1_700_000_000_123,
  trashedAt: null,
  messageCount: 2,
  turnCount: 1,
  costUsd: 0.5,
};

const TURN: Turn = {
  id: 1,
  sessionId: '0badcafe',
  status: 'failed',
  owner: null,
  continuity: 'new',
  limits: { timeoutMs: null, stallTimeoutMs: 1, maxTurns: null, maxBudgetUsd: null },
  errorCode: 'AGENT_FAILED',
  errorMessage: 'no',
  retryAt: null,
  usage: null,
  usageByModel: null,
  costUsd: 0,
  numTurns: null,
  permissionDenials: [],
  output: null,
  durationMs: null,
  ttftMs: null,
  model: null,
  agentVersion: null,
  exitCode: null,
  queuedAt: 0,
  startedAt: null,
  endedAt: 5,
};

describe('what is stored becomes a record of its schema', () => {
  it.each([
    ['session', toSessionRecord(SESSION, { state: 'idle', isAlive: false })],
    ['turn', toTurnRecord(TURN)],
    [
      'mode_switch',
      toModeSwitchRecord({ sessionId: 'x', what: 'mode', from: 'user', to: 'power', by: 'me', at: 0 }),
    ],
    [
      'message',
      toMessageRecord({
        id: 3,
        sessionId: '0badcafe',
        turnId: 1,
        role: 'assistant',
        content: 'x',
        status: 'completed',
        files: [],
        toolCalls: [
          {
            id: 't',
            turnId: 1,
            name: 'Read',
            input: {},
            result: null,
            isError: false,
            denied: true,
            textOffset: 0,
          },
        ],
        output: null,
        costUsd: 0.1,
        createdAt: 0,
      }),
    ],
  ] as const)('%s', (name, record) => {
    const outcome = v.safeParse(RECORDS[name], record);
    expect(outcome.issues).toBeUndefined();
    expect(outcome.output, 'no field beside the schema').toEqual(record);
    expect(record).toMatchSnapshot();
  });
});

describe('the JSON Schema', () => {
  it('has every record, with the fields they had', () => {
    const { $defs } = buildJsonSchema() as {
      $defs: Record<string, { properties: object; required: string[] }>;
    };
    const fields = Object.entries($defs).map(([name, { properties, required }]) => [
      name,
      Object.keys(properties)
        .map((field) => (required.includes(field) ? field : `${field}?`))
        .join(' '),
    ]);
    expect(Object.fromEntries(fields)).toMatchSnapshot();
  });

  it('points only to what is there, and says the version that records say', () => {
    const schema = buildJsonSchema() as { $defs: Record<string, unknown> };
    const targets = [...JSON.stringify(schema).matchAll(/"\$ref":"#\/\$defs\/(\w+)"/g)].map(
      ([, name]) => name!,
    );
    expect(targets.length).toBeGreaterThan(7);
    for (const name of targets) expect(schema.$defs).toHaveProperty(name);
    expect(RECORDS.start.entries.schema_version).toMatchObject({ pipe: [{ literal: SCHEMA_VERSION }, {}] });
  });
});

describe('lists', () => {
  it.each([
    ['json', [], '[]\n'],
    ['ndjson', [], ''],
    ['json', [{ a: 1 }], '[\n{"a":1}\n]\n'],
    ['json', [{ a: 1 }, new LongRecord({ b: 2 }, 'c', ['x', 'y'])], '[\n{"a":1},\n{"b":2,"c":"xy"}\n]\n'],
    ['ndjson', [{ a: 1 }, { b: 2 }], '{"a":1}\n{"b":2}\n'],
  ] as const)('%s of %j', async (format, records, expected) => {
    const { stdout } = await printed(({ printer }) => printer.records(records), { format });
    expect(stdout).toBe(expected);
    if (format === 'json') expect(() => JSON.parse(stdout) as unknown).not.toThrow();
  });

  it('stay one valid document when they break off, with the failure as the last record', async () => {
    async function* breaking() {
      yield { a: 1 };
      throw new SessionError('STORE_CORRUPT', 'The store is damaged.');
    }
    const { stdout } = await printed(
      async (place) => {
        const error: unknown = await place.printer.records(breaking()).catch((reason: unknown) => reason);
        expect(await printFailure(error, place)).toBe(9);
      },
      { format: 'json' },
    );
    expect(JSON.parse(stdout)).toMatchObject([
      { a: 1 },
      { type: 'error', code: 'STORE_CORRUPT', exit_status: 9 },
    ]);
  });

  it('print a single record on a line', async () => {
    const { stdout } = await printed(({ printer }) => printer.record({ a: 1 }), { format: 'json' });
    expect(stdout).toBe('{"a":1}\n');
  });
});

describe('failures', () => {
  const busy = new SessionError('BUSY', 'Session \u001B[2J is busy.', { hint: 'Wait.' });

  it.each(['text', 'json', 'ndjson'] as const)('in %s', async (format) => {
    const { stdout, stderr } = await printed(
      async (place) => expect(await printFailure(busy, place)).toBe(6),
      { format },
    );
    expect(stderr).toBe('session: Session ␛[2J is busy.\nWait.\n');
    if (format === 'text') expect(stdout).toBe('');
    else {
      const record: unknown = JSON.parse(stdout);
      expect(v.safeParse(RECORDS.error, record).issues).toBeUndefined();
      expect(record).toMatchObject({
        code: 'BUSY',
        hint: 'Wait.',
        exit_status: 6,
        session_id: null,
        turn_id: null,
      });
    }
  });

  it.each([new TypeError('x is not\na function'), 'a string', null])(
    'of ours show as one line: %s',
    async (bug) => {
      const quiet = await printed((place) => printFailure(bug, place));
      expect(quiet.stderr).toMatch(
        /^session: Internal error: .*\nThis is a bug\..*CLAUDE_SESSION_DEBUG.*\n$/,
      );
      const loud = await printed((place) => printFailure(bug, place), {
        env: { CLAUDE_SESSION_DEBUG: '1' },
      });
      if (bug instanceof Error) expect(loud.stderr).toContain('records.test.ts');
    },
  );
});
