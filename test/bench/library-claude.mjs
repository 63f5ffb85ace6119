// One program that lives long and sends to the real claude: through the library with warm agents, and through the Agent
// SDK, which resumes the conversation for each turn. Both use the same claude and the same provider on loopback.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { CLAUDE_VERSIONS, openClaude } from './claude.mjs';
import { measureTurns, median } from './measure.mjs';
import { CACHE } from './place.mjs';

const require = createRequire(import.meta.url);
const SDK = join(CACHE, 'peers/node_modules/@anthropic-ai/claude-agent-sdk/sdk.mjs');

/** Turns per second and memory, for so many sessions at once. */
export async function measureLibraryOfClaude({ counts, turns }) {
  const version = CLAUDE_VERSIONS.at(-1);
  const claude = await openClaude(version);
  const tables = [];
  for (const count of counts) {
    const each = Math.max(2, Math.ceil(turns / count));
    const sdk = existsSync(SDK) ? await measureSdk(claude, count, each) : undefined;
    const ours = await measureWarm(claude, count, each);
    const rows = [
      ...(sdk === undefined ? [] : rowsOf('Agent SDK, query() with resume', sdk)),
      ...rowsOf('library, warm agents', ours, sdk),
      {
        name: 'library, warm agents: memory of a session with its agent',
        value: `${Math.round(ours.megabytes / count)} MB`,
      },
    ];
    tables.push({ title: `One program, ${count} × claude ${version}`, rows });
  }
  claude.close();
  return tables;
}

function rowsOf(name, { rate, durations }, base) {
  const ratio = base && { ratio: `${(rate / base.rate).toFixed(1)}×` };
  return [
    { name, value: `${rate.toFixed(1)} turns/s`, ...ratio },
    { name: `${name}: a turn`, median: median(durations), least: Math.min(...durations) },
  ];
}

async function measureWarm({ env, root }, count, turns) {
  const { openSessions } = require('../../dist/index.cjs');
  const sessions = await openSessions({ env, cwd: root });
  const ids = [];
  for (let n = 0; n < count; n++) ids.push((await sessions.create({ warm: true })).id);
  const send = async (id) => {
    const { status } = await sessions.send(id, 'hello').result;
    if (status !== 'completed') throw new Error(`a turn is ${status}`);
  };
  await Promise.all(ids.map(send));
  const times = await measureTurns(ids, turns, send);
  const megabytes = memoryBelow(process.pid);
  await sessions.close();
  return { ...times, megabytes };
}

async function measureSdk({ env, root, program }, count, turns) {
  const { query } = await import(pathToFileURL(SDK).href);
  const ask = async (resume) => {
    const options = { cwd: root, env, pathToClaudeCodeExecutable: program, ...(resume && { resume }) };
    for await (const message of query({ prompt: 'hello', options }))
      if (message.type === 'result') {
        if (message.is_error) throw new Error(`a turn of the SDK is ${message.subtype}`);
        return message.session_id;
      }
    throw new Error('a turn of the SDK has no result');
  };
  const ids = await Promise.all(Array.from({ length: count }, () => ask()));
  return await measureTurns(ids, turns, ask);
}

/** The memory of all processes that a process has started, in MB. */
function memoryBelow(pid) {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,rss='], { encoding: 'utf8' }).trim().split('\n');
  const all = lines.map((line) => line.trim().split(/ +/).map(Number));
  const below = (parent) =>
    all
      .filter(([, ppid]) => ppid === parent)
      .reduce((sum, [child, , kilobytes]) => sum + kilobytes + below(child), 0);
  return below(pid) / 1024;
}
