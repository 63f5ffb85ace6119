import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { interleave } from './measure.mjs';
import { buildEnv, CACHE, scratch, session } from './place.mjs';
import { compare } from './result.mjs';
import { putStore } from './stores.mjs';

const MESSAGES_EACH = 100;
const DAY_MS = 24 * 3_600_000;

/**
 * What each peer lists its sessions with, and how as many sessions with as many messages get into its store.
 *
 * acpx keeps a file for each session, the Agent SDK reads claude's own transcripts; both are written here as they write
 * them. opencode creates its database itself and has no way to put sessions in from outside, so it lists none.
 */
const PEERS = {
  acpx: { entry: 'acpx', fill: fillAcpx, args: ['--agent', 'claude', 'sessions', 'list', '--local'] },
  'Claude Agent SDK (listSessions)': { entry: '@anthropic-ai/claude-agent-sdk', fill: fillTranscripts },
  'opencode (no sessions)': {
    entry: 'opencode-ai',
    fill: () => {},
    args: ['session', 'list', '--format', 'json'],
  },
};

/** Listing sessions against the peers that `npm run bench:peers` installed, and planning what to delete. */
export async function measurePeers({ rounds, sessions, collected }) {
  const env = buildEnv('peers');
  await putStore(env, sessions, MESSAGES_EACH);
  const big = buildEnv('collected');
  await putStore(big, collected, 10);
  const floor = { name: 'node -e 0', command: [process.execPath, '-e', '0'], env };
  const list = { name: 'session list --json', command: session('list', '--json'), env, cwd: scratch };
  const peers = Object.entries(PEERS).filter(([, { entry }]) =>
    existsSync(join(CACHE, 'peers/node_modules', entry)),
  );
  for (const [, { fill }] of peers) fill(env, sessions);
  const cases = peers.map(([name, { entry, args }]) => ({
    name,
    command: peerCommand(entry, args),
    env,
    cwd: scratch,
  }));
  const gc = {
    name: 'session gc --dry-run --json',
    command: session('gc', '--dry-run', '--json'),
    env: big,
    cwd: scratch,
  };
  const [times, [plan]] = [await interleave([floor, list, ...cases], rounds), await interleave([gc], rounds)];
  const count = (n) => n.toLocaleString('en');
  return [
    {
      title: `List ${count(sessions)} sessions with ${count(sessions * MESSAGES_EACH)} messages`,
      rows: compare(times, list.name),
    },
    {
      title: `Plan what to delete of ${count(collected)} sessions`,
      rows: [{ ...plan, target: '≤ 2000 ms', isReached: plan.median <= 2000 }],
    },
  ];
}

function peerCommand(entry, args) {
  const home = join(CACHE, 'peers/node_modules');
  if (args !== undefined) return [join(home, '.bin', entry === 'opencode-ai' ? 'opencode' : entry), ...args];
  const script = `import { listSessions } from ${JSON.stringify(join(home, entry, 'sdk.mjs'))};
    console.log(JSON.stringify(await listSessions({ dir: process.cwd() })));`;
  return [process.execPath, '--input-type=module', '-e', script];
}

/** Claude's transcripts: one line a message. */
function fillTranscripts({ HOME }, sessions) {
  const folder = join(HOME, '.claude/projects', scratch.replaceAll(/[^a-zA-Z0-9]/g, '-'));
  mkdirSync(folder, { recursive: true });
  for (let n = 0; n < sessions; n++) {
    const sessionId = uuid(n);
    const lines = Array.from({ length: MESSAGES_EACH }, (_, index) => {
      const type = index % 2 === 0 ? 'user' : 'assistant';
      const message = { role: type, content: [{ type: 'text', text: '0'.repeat(300) }] };
      const parentUuid = index === 0 ? null : uuid(n * 1000 + index - 1);
      const timestamp = timeOf(n, sessions);
      return JSON.stringify({
        type,
        sessionId,
        uuid: uuid(n * 1000 + index),
        parentUuid,
        cwd: scratch,
        timestamp,
        version: '2.1.197',
        message,
      });
    });
    writeFileSync(join(folder, `${sessionId}.jsonl`), `${lines.join('\n')}\n`);
  }
}

function fillAcpx({ HOME }, sessions) {
  const folder = join(HOME, '.acpx/sessions');
  mkdirSync(folder, { recursive: true });
  for (let n = 0; n < sessions; n++) {
    const at = timeOf(n, sessions);
    const id = uuid(n);
    const messages = Array.from({ length: MESSAGES_EACH }, (_, index) =>
      index % 2 === 0
        ? { User: { id: uuid(n * 1000 + index), content: [{ Text: '0'.repeat(300) }] } }
        : { Agent: { content: [{ Text: '0'.repeat(300) }], tool_results: {} } },
    );
    const record = {
      schema: 'acpx.session.v1',
      acpx_record_id: id,
      acp_session_id: id,
      agent_command: 'claude',
      cwd: scratch,
      name: `session ${n}`,
      created_at: at,
      last_used_at: at,
      last_seq: MESSAGES_EACH,
      event_log: {
        active_path: join(folder, `${id}.stream.ndjson`),
        segment_count: 1,
        max_segment_bytes: 67_108_864,
        max_segments: 5,
      },
      title: `session ${n}`,
      messages,
      updated_at: at,
      cumulative_token_usage: {},
      request_token_usage: {},
      acpx: {},
    };
    writeFileSync(join(folder, `${id}.json`), JSON.stringify(record));
  }
}

const timeOf = (n, sessions) =>
  new Date(Date.now() - ((sessions - n) * 60 * DAY_MS) / sessions).toISOString();
const uuid = (n) => `00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`;
