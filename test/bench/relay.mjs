import { execFileSync } from 'node:child_process';
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { median, timeUnread } from './measure.mjs';
import { ask, buildEnv, scratch, session } from './place.mjs';
import { compare } from './result.mjs';

/** A long answer on its way from the agent to the reader, and into the store, against jq reading the same stream. */
export async function measureRelay({ rounds, megabytes }) {
  const parts = [];
  for (const piece of ['64KB', '64B']) parts.push(await relay(rounds, megabytes, piece));
  return parts;
}

async function relay(rounds, megabytes, piece) {
  const env = buildEnv(`relay-${piece}`);
  const log = join(scratch, 'stream.ndjson');
  const source = ask(env, 'new', '--agent', 'mock');
  // The text is in the stream twice, in pieces and whole, and each piece has an envelope of some 200 bytes.
  const kilobytes = Math.round((megabytes * 1000) / (piece === '64B' ? 5.2 : 2.1));
  ask(env, 'send', source, `emit ${kilobytes}KB ${piece}`, '--no-stream', '--quiet', '--record', log);
  // Another message gets this stream as its answer, so the stream must not name the one that it belongs to.
  const names = String.raw`/command_lifecycle/d; s/,"user_message_uuids?":\[?"[^"]*"\]?//g; s/"msg_lifecycle_v1"//`;
  execFileSync('sed', ['-E', '-i', names, log]);
  const agent = join(scratch, 'agent.sh');
  writeFileSync(agent, `#!/bin/sh\nread line\ncat ${log}\nexec cat > /dev/null\n`, { mode: 0o755 });
  const replay = { ...env, CLAUDE_SESSION_CLAUDE: agent };
  const id = ask(env, 'new');
  const cases = [
    { name: 'jq -c .', command: ['jq', '-c', '.', log], env },
    {
      name: 'session send --ndjson',
      command: session('send', id, 'hello', '--ndjson', '--cold'),
      env: replay,
      cwd: scratch,
    },
  ];
  const runs = cases.map(() => []);
  for (let round = -1; round < rounds; round++)
    for (const [index, each] of cases.entries()) {
      const ms = await timeUnread(each);
      if (round >= 0) runs[index].push(ms);
    }
  const times = cases.map(({ name }, n) => ({ name, median: median(runs[n]), least: Math.min(...runs[n]) }));
  const size = Math.round(statSync(log).size / 1_000_000);
  return {
    title: `A stream of ${size} MB in pieces of ${piece === '64B' ? '64 bytes' : piece}, relayed and stored`,
    rows: compare(times, 'jq -c .', { 'session send --ndjson': 0.5 }),
  };
}
