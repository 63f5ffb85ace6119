// One program that lives long and sends through the library, with the mock agent.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { createInterface } from 'node:readline';
import { randomUUID } from 'node:crypto';
import { measureTurns, median } from './measure.mjs';
import { buildEnv, session } from './place.mjs';

const require = createRequire(import.meta.url);
const MESSAGE = 'say one';
/** An agent that thinks for as long as a quick model does. */
const SLOW = 'sleep 500ms\nsay one';

/** Of each table, so often in turn, so that the load of the machine affects all rows. */
const ROUNDS = 3;

/** Turns per second, memory and delays for so many sessions at once, each against a process for each turn. */
export async function measureLibrary({ counts, turns }) {
  const tables = [];
  for (const count of counts) {
    const each = Math.max(1, Math.ceil(turns / count / ROUNDS));
    const all = { commands: [], cold: [], warm: [] };
    for (let round = 0; round < ROUNDS; round++) {
      all.commands.push({ rate: await measureCommands(count, each) });
      all.cold.push(await measureProgram(count, each, false));
      all.warm.push(await measureProgram(count, Math.ceil(turns / ROUNDS), true));
    }
    const perProcess = medianOf(all.commands, 'rate');
    const cold = medianOf(all.cold, 'rate');
    const warm = medianOf(all.warm, 'rate');
    tables.push({
      title: `One program, ${count} ${count === 1 ? 'session' : 'sessions'} at once`,
      rows: [
        { name: 'a process for each turn (session send)', value: perSecond(perProcess) },
        {
          name: 'library, a new agent for each turn',
          value: perSecond(cold),
          ratio: times(cold, perProcess),
        },
        {
          name: 'library, warm agents',
          value: perSecond(warm),
          ratio: times(warm, perProcess),
          target: '≥ 10×',
          isReached: warm >= 10 * perProcess,
        },
        {
          name: 'library, warm agents: a turn',
          median: medianOf(all.warm, 'median'),
          least: Math.min(...all.warm.map(({ least }) => least)),
        },
        {
          name: 'library, warm agents: memory of the program',
          value: `${medianOf(all.warm, 'megabytes')} MB`,
        },
        {
          name: 'library, warm agents: longest delay of the event loop',
          median: medianOf(all.warm, 'delay'),
        },
      ],
    });
  }
  return [...tables, await measureTurn(turns)];
}

/** What the library adds to a turn of a warm agent. */
async function measureTurn(turns) {
  const rows = [];
  for (const [name, message, count] of [
    ['at once', MESSAGE, turns],
    ['after 500 ms', SLOW, Math.ceil(turns / 4)],
  ]) {
    const alone = await measureAgent(message, count);
    const ours = await measureProgram(1, count, true, message);
    const ratio = ours.median / alone.median;
    rows.push(
      { name: `the agent alone, answering ${name}`, ...alone },
      {
        name: `library, answering ${name}`,
        median: ours.median,
        least: ours.least,
        ratio: `${ratio.toFixed(2)}×`,
        ...(message === SLOW && { target: '≤ 1.3×', isReached: ratio <= 1.3 }),
      },
    );
  }
  return { title: "A warm turn, against the agent's own time", rows };
}

/** Turns per second where each is a process, so many of them at once. */
async function measureCommands(count, turns) {
  const sessions = await openSessions();
  const ids = await createAll(sessions, count, false);
  const env = { ...buildEnv('library-commands'), CLAUDE_SESSION_HOME: sessions.home };
  const since = performance.now();
  await Promise.all(
    ids.map(async (id) => {
      for (let turn = 0; turn < turns; turn++) {
        const [file, ...args] = session('send', id, MESSAGE);
        const [code] = await once(spawn(file, args, { env, stdio: 'ignore' }), 'close');
        if (code !== 0) throw new Error(`session send ended with ${code}`);
      }
    }),
  );
  const rate = (1000 * count * turns) / (performance.now() - since);
  await sessions.close();
  return rate;
}

async function measureProgram(count, turns, warm, message = MESSAGE) {
  const sessions = await openSessions();
  const ids = await createAll(sessions, count, warm);
  const send = async (id) => {
    const { status } = await sessions.send(id, message).result;
    if (status !== 'completed') throw new Error(`a turn is ${status}`);
  };
  if (warm) await Promise.all(ids.map(send));
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  const { rate, durations } = await measureTurns(ids, turns, send);
  delay.disable();
  const megabytes = Math.round(process.memoryUsage().rss / 2 ** 20);
  await sessions.close();
  return {
    rate,
    median: median(durations),
    least: Math.min(...durations),
    megabytes,
    delay: delay.max / 1e6,
  };
}

/** The mock agent without us: from its message to its result. */
async function measureAgent(message, turns) {
  const { mockAgent } = require('../../dist/testing.cjs');
  const [file, ...first] = mockAgent;
  const options = ['-p', '--verbose', '--input-format', 'stream-json', '--output-format', 'stream-json'];
  const child = spawn(file, [...first, ...options], {
    env: buildEnv('library-agent'),
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const durations = [];
  for (let turn = 0; turn <= turns; turn++) {
    const begun = performance.now();
    const content = [{ type: 'text', text: message }];
    child.stdin.write(
      `${JSON.stringify({ type: 'user', uuid: randomUUID(), message: { role: 'user', content } })}\n`,
    );
    for (let line = ''; !line.includes('"type":"result"'); line = (await lines.next()).value);
    if (turn > 0) durations.push(performance.now() - begun);
  }
  child.stdin.end();
  await once(child, 'close');
  return { median: median(durations), least: Math.min(...durations) };
}

function openSessions() {
  return require('../../dist/testing.cjs').openTestSessions({ env: buildEnv('library') });
}

async function createAll(sessions, count, warm) {
  const ids = [];
  for (let n = 0; n < count; n++) ids.push((await sessions.create({ warm })).id);
  return ids;
}

const medianOf = (runs, name) => median(runs.map((run) => run[name]));
const perSecond = (rate) => `${rate.toFixed(1)} turns/s`;
const times = (rate, other) => `${(rate / other).toFixed(1)}×`;
