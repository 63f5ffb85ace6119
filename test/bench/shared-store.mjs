import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { load } from '../../.dev/load.mjs';
import { interleave, median } from './measure.mjs';
import { ask, buildEnv, scratch, session } from './place.mjs';
import { compare } from './result.mjs';

const EMBEDDED = 'embedded';
const SHARED = 'PostgreSQL';

/** Commands on the embedded store and on a PostgreSQL server of this machine with the same sessions, in turn. */
export async function measureSharedStore({ rounds, clients }) {
  const { startPostgres } = await load('test/support/postgres.ts');
  const server = await startPostgres();
  try {
    const envs = { [EMBEDDED]: buildEnv('embedded'), [SHARED]: buildEnv('shared') };
    for (const env of Object.values(envs)) env.CLAUDE_SESSION_AGENT = 'mock';
    const ids = Array.from({ length: clients }, () => ask(envs[EMBEDDED], 'new'));
    for (let n = 0; n < 5; n++) ask(envs[EMBEDDED], 'send', ids[0], 'say one');
    envs[SHARED].CLAUDE_SESSION_STORE_URL = server.url;
    ask(envs[SHARED], 'store', 'migrate');
    ask(envs[EMBEDDED], 'store', 'copy', '--to', server.url);
    const verbs = {
      'start and read 10 messages (history)': ['history', ids[0], '--limit', '10'],
      list: ['list'],
      'append (set --tag)': ['set', ids[0], '--tag', 'k=v'],
      'a turn of the mock agent (send)': ['send', ids[0], 'say one', '-q'],
    };
    const tables = [];
    for (const [title, args] of Object.entries(verbs)) {
      const cases = Object.entries(envs).map(([name, env]) => ({
        name,
        command: session(...args),
        env,
        cwd: scratch,
      }));
      const times = await interleave(cases, rounds);
      tables.push({ title: `Shared store: ${title}`, rows: compare(times, EMBEDDED, { [SHARED]: 1 }) });
    }
    return [...tables, await measureClients(envs, ids)];
  } finally {
    await server.stop();
  }
}

/** Turns per second of processes that send at once, each to a session of its own, three times in turn. */
async function measureClients(envs, ids) {
  const rates = Object.fromEntries(Object.keys(envs).map((name) => [name, []]));
  for (let round = 0; round < 3; round++) {
    for (const [name, env] of Object.entries(envs)) {
      const since = performance.now();
      await Promise.all(ids.map((id) => sendOnce(env, id)));
      rates[name].push((1000 * ids.length) / (performance.now() - since));
    }
  }
  const ratio = median(rates[SHARED]) / median(rates[EMBEDDED]);
  return {
    title: `Shared store: ${ids.length} processes send at once`,
    rows: Object.entries(rates).map(([name, all]) => ({
      name,
      value: `${median(all).toFixed(1)} turns/s`,
      ...(name === SHARED && { ratio: `${ratio.toFixed(2)}×` }),
    })),
  };
}

async function sendOnce(env, id) {
  const [file, ...args] = session('send', id, 'say one', '-q');
  const child = spawn(file, args, { env, cwd: scratch, stdio: 'ignore' });
  const [status] = await once(child, 'exit');
  if (status !== 0) throw new Error(`session send ended with ${status}.`);
}
