import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { beforeEach, expect, it } from 'vitest';
import { DAY, OldSessions } from '../support/old-sessions.ts';
import { Random } from '../support/random.ts';
import { makeWorkplace, type Workplace } from '../support/run-command.ts';
import { openRaw, runRaw } from '../support/store-raw.ts';

let place: Workplace;
let sessions: OldSessions;
let id: string;
beforeEach(async () => {
  place = makeWorkplace();
  sessions = new OldSessions(place);
  for (let n = 0; n < 6; n++)
    id = await sessions.add(n * DAY, { name: `n${n}`, systemPrompt: 'word '.repeat(n * 400) });
});

const READING = ['list', 'show ID', 'history ID', 'search qqqq', 'stats', 'export ID', 'gc --dry-run -v'];
const WRITING = [
  'set ID --tag a=b',
  'set ID --name x',
  'fork ID',
  'new',
  'cancel ID',
  'stop ID',
  'wait ID',
  'send ID hi',
];
const REMOVING = ['rm ID --purge', 'gc --max-age 0 --purge-after 0', 'gc --vacuum', 'store backup x --force'];
const COMMANDS = [...READING, ...WRITING, ...REMOVING];

const run = (line: string) => place.run(line.replace('ID', id).split(' '));

const PAGE = 4096;
/** Ways in which the bytes of a file may suffer. */
const DAMAGES: ((bytes: Buffer, random: Random) => Buffer)[] = [
  (bytes, random) => {
    for (let n = random.below(30); n >= 0; n--) bytes[random.below(bytes.length)] = random.below(256);
    return bytes;
  },
  (bytes, random) => {
    const at = random.below(bytes.length - PAGE);
    return bytes.fill(random.below(256), at, at + random.below(PAGE));
  },
  (bytes, random) => {
    const page = PAGE * random.below(bytes.length / PAGE);
    for (let n = 0; n < 3; n++) bytes[page + random.below(40)] = random.below(256);
    return bytes;
  },
  (bytes, random) => {
    const [to, from] = [0, 0].map(() => PAGE * random.below(bytes.length / PAGE)) as [number, number];
    bytes.copy(bytes, to, from, from + PAGE);
    return bytes;
  },
  (bytes, random) => bytes.subarray(0, random.below(bytes.length)),
];

it('of the bytes of the store is no fault of ours, whatever is asked', { timeout: 120_000 }, async () => {
  const whole = readFileSync(place.paths.store);
  const random = new Random(Number(process.env['SEED'] ?? 1));
  const faults: string[] = [];
  for (let n = Number(process.env['DAMAGES'] ?? 150); n > 0; n--) {
    writeFileSync(place.paths.store, random.pick(DAMAGES)(Buffer.from(whole), random));
    rmSync(`${place.paths.store}.journal`, { force: true });
    const command = random.pick(COMMANDS);
    const { status, stderr } = await run(command);
    if (status === 1 || stderr.includes('Internal error')) faults.push(`${command}: ${stderr}`);
  }
  expect(faults).toEqual([]);
});

it.each([
  'DROP TABLE turns',
  'DROP TABLE messages',
  'DROP TABLE message_index_state',
  'ALTER TABLE sessions DROP COLUMN mcp_configs',
  'ALTER TABLE turns RENAME COLUMN status TO state',
  'UPDATE sessions SET tags = NULL',
  'PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = NULL',
])('by "%s" is told as such', async (script) => {
  const connection = await openRaw(place.paths.store);
  try {
    connection.script(`PRAGMA ignore_check_constraints = ON; ${script}`);
  } catch {
    // Not every change can be made.
  }
  connection.close();
  for (const command of [...READING, ...WRITING, ...REMOVING]) {
    const { status, stderr } = await run(command);
    expect([command, status === 1, stderr.includes('Internal error')]).toEqual([command, false, false]);
  }
});

it.each([0, 1, 3, 7])('by user_version %i is told as such', async (version) => {
  await runRaw(place.paths.store, `PRAGMA user_version = ${version}`);
  for (const command of COMMANDS) expect([command, (await run(command)).status]).toEqual([command, 9]);
});

it('of run files is no fault of ours either', { timeout: 60_000 }, async () => {
  const shapes = ['', 'null', '[]', '{"owner":{}}'];
  shapes.push('{"owner":"1.1-x@y","pid":[],"socket":7,"logPath":3,"later":1,"agent":[]}');
  for (const shape of shapes) {
    const own = await sessions.addKilled(DAY);
    mkdirSync(place.paths.sessionRun(id), { recursive: true });
    for (const file of [
      place.paths.agentIdentity(own, 7),
      place.paths.warmInfo(own),
      place.paths.warmLock(id),
    ])
      writeFileSync(file, shape);
    for (let turn = 1; turn < 40; turn++) writeFileSync(place.paths.agentIdentity(own, turn), shape);
    for (const command of [
      'list',
      `wait ${own}`,
      `stop ${own}`,
      'stop --all',
      'gc',
      `rm ${own} --purge`,
      'doctor',
    ]) {
      const { stderr } = await run(command);
      expect([shape, command, stderr.includes('Internal error') && stderr]).toEqual([shape, command, false]);
    }
  }
});
