import { execFileSync, spawn } from 'node:child_process';
import { bareCommand, CLAUDE_VERSIONS, fresh, openClaude } from './claude.mjs';
import { childCpuMs, median } from './measure.mjs';
import { ask, session } from './place.mjs';

/** Many turns at once on each version of claude that is tested. */
export async function measureParallels(options) {
  const tables = [];
  for (const version of CLAUDE_VERSIONS) tables.push(await measureParallel(version, options));
  return tables;
}

/**
 * Many sends at once, each to a session of its own: how long all take, what they use, and whether every answer is stored.
 * In turn with as many of claude alone, several times, since a machine's speed drifts over so long a time.
 */
async function measureParallel(version, { count, rounds }) {
  const claude = await openClaude(version);
  const { env, root } = claude;
  const create = () => Array.from({ length: count }, () => ask(env, 'new', '--root', root));
  const place = { env, cwd: root };
  const [plain, ours, ids] = [[], [], []];
  const bare = bareCommand(claude, create()[0]);
  for (let round = 0; round < rounds; round++) {
    const those = create();
    ids.push(...those);
    plain.push(await runAll(those.map(() => ({ command: bare(fresh()), input: 'hello', ...place }))));
    ours.push(await runAll(those.map((id) => ({ command: session('send', id, 'hello'), ...place }))));
  }
  const stored = ids.filter((id) => JSON.parse(ask(env, 'history', id, '--json')).length === 2);
  claude.close();
  const throughput = median(plain.map(({ ms }, round) => ms / ours[round].ms));
  const row = (name, runs) => [
    { name, median: median(runs.map(({ ms }) => ms)), least: Math.min(...runs.map(({ ms }) => ms)) },
    { name: `${name}: CPU`, median: median(runs.map(({ cpuMs }) => cpuMs)) },
    { name: `${name}: memory of all`, value: `${median(runs.map(({ peakMb }) => peakMb))} MB` },
  ];
  return {
    title: `${count} turns at once, claude ${version}`,
    rows: [
      ...row('claude -p', plain),
      ...row('session send', ours),
      {
        name: 'throughput',
        value: `${Math.round(100 * throughput)} %`,
        target: '≥ 80 %',
        isReached: throughput >= 0.8,
      },
      {
        name: 'answers stored',
        value: `${stored.length}`,
        target: `${ids.length}`,
        isReached: stored.length === ids.length,
      },
    ],
  };
}

async function runAll(cases) {
  const cpu = childCpuMs();
  const since = performance.now();
  let peakMb = 0;
  const watch = setInterval(() => (peakMb = Math.max(peakMb, residentMb())), 500);
  await Promise.all(cases.map(run));
  clearInterval(watch);
  return { ms: performance.now() - since, cpuMs: childCpuMs() - cpu, peakMb };
}

function run({ command: [file, ...args], env, cwd, input }) {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      env,
      cwd,
      stdio: [input === undefined ? 'ignore' : 'pipe', 'ignore', 'pipe'],
    });
    let stderr = '';
    child.stderr.on('data', (words) => (stderr += words));
    child.stdin?.end(input);
    child.on('error', reject);
    child.on('close', (code) =>
      code === 0 ? resolve() : reject(new Error(`${file} ended with ${code}: ${stderr}`)),
    );
  });
}

/** What the descendants of this process hold; pages that they share are counted for each. */
function residentMb() {
  const rows = execFileSync('ps', ['-eo', 'pid=,ppid=,rss='], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number));
  const family = new Set([process.pid]);
  for (let before = 0; before < family.size;) {
    before = family.size;
    for (const [pid, parent] of rows) if (family.has(parent)) family.add(pid);
  }
  family.delete(process.pid);
  return Math.round(rows.filter(([pid]) => family.has(pid)).reduce((sum, [, , rss]) => sum + rss, 0) / 1024);
}
