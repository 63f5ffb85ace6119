import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { interleave } from './measure.mjs';
import { ask, buildEnv, scratch, session } from './place.mjs';
import { compare } from './result.mjs';
import { putStore, sessionId } from './stores.mjs';

const ID = sessionId(5);

/** What each verb is measured with: quick work that needs no agent. */
const VERBS = {
  '--version': { args: [], target: 1.6 },
  '--help': { args: [], target: 1.6 },
  history: { args: [ID, '--limit', '10'], target: 1.9 },
  list: { args: [], target: 1.9 },
  show: { args: [ID] },
  mode: { args: [ID] },
  new: { args: [] },
  study: { args: [ID] },
  set: { args: [ID, '--tag', 'k=v'] },
  rm: { args: [sessionId(7)] },
  restore: { args: [sessionId(7)] },
  fork: { args: [ID] },
  search: { args: ['nothing'] },
  stats: { args: [] },
  gc: { args: ['--dry-run'] },
  wait: { args: [ID] },
  watch: { args: [ID] },
  stop: { args: ['--all'] },
  config: { args: ['list'] },
  completion: { args: ['bash'] },
  schema: { args: [] },
};

/** Whole processes against `node -e 0`, in a store of 1,000 sessions and 100,000 messages. */
export async function measureStartUp({ rounds }) {
  const env = buildEnv('start-up');
  await putStore(env, 1000, 100);
  const known = ask(env, '--help');
  const verbs = Object.entries(VERBS).filter(
    ([verb]) => verb.startsWith('-') || known.includes(`session ${verb}`),
  );
  const unused = { ...buildEnv('unused') };
  rmSync(unused.CLAUDE_SESSION_HOME, { recursive: true });
  const times = await interleave(
    [
      { name: 'node -e 0', command: [process.execPath, '-e', '0'], env },
      ...verbs.map(([verb, { args }]) => ({
        name: `session ${verb}`,
        command: session(verb, ...args),
        env,
        cwd: scratch,
      })),
      { name: 'session --help, first start', command: session('--help'), env: unused, cwd: scratch },
    ],
    rounds,
  );
  const targets = Object.fromEntries(verbs.map(([verb, { target }]) => [`session ${verb}`, target]));
  return { title: 'Start-up: whole processes', rows: compare(times, 'node -e 0', targets) };
}

/** A long history costs no more than a short one. */
export async function measureFlatness({ rounds, largest }) {
  const [small, large] = [buildEnv('small'), buildEnv('large')];
  await putStore(small, 1, 10);
  await putStore(large, ...largest);
  const count = (largest[0] * largest[1]).toLocaleString('en');
  const row = (name, env, id) => ({
    name,
    command: session('history', id, '--limit', '10'),
    env,
    cwd: scratch,
  });
  const cases = [
    row('history, 10 messages stored', small, sessionId(0)),
    row(`history, ${count} messages stored`, large, ID),
  ];
  const times = await interleave(cases, rounds * 2);
  const rows = compare(times, cases[0].name, { [cases[1].name]: 1.1 });
  const peak = await peakMemory(large, 'history', ID, '--limit', '10');
  return {
    title: 'The same history in a small and a large store',
    rows: [
      ...rows,
      {
        name: 'memory of the second at its peak',
        value: `${peak} MB`,
        target: '64 MB',
        isReached: peak <= 64,
      },
    ],
  };
}

/** In MB, as the process itself is told by the kernel. */
async function peakMemory(env, ...args) {
  const preload = `--require=${join(import.meta.dirname, 'peak-memory.cjs')}`;
  const { execFileSync } = await import('node:child_process');
  const [node, ...rest] = session(...args);
  const out = execFileSync(node, [preload, ...rest], {
    env,
    cwd: scratch,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return Math.round(Number(/peak (\d+)$/m.exec(out)[1]) / 1024);
}
