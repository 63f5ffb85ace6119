import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { bundle } from './bundle.mjs';
import { interleave } from './measure.mjs';
import { buildEnv, scratch } from './place.mjs';
import { compare } from './result.mjs';
import { installDrivers } from './rivals.mjs';
import { putStore, sessionId } from './stores.mjs';

const RIVALS = ['better-sqlite3', 'node-sqlite3-wasm'];
const rival = (name) => join(import.meta.dirname, 'rival', `${name}.cjs`);

/** Reading ten messages and storing one durably, as whole processes: our store alone, without a command line. */
export async function measureStorage({ rounds, sizes }) {
  const drivers = installDrivers();
  const ours = { read: await bundle('./read-messages.ts'), append: await bundle('./append-turn.ts') };
  const parts = [];
  for (const [sessions, each] of sizes) {
    const env = buildEnv(`storage-${sessions}`);
    await putStore(env, sessions, each);
    const messages = sessions * each;
    const files = RIVALS.map((name) => join(scratch, `${name}-${messages}.sqlite`));
    for (const file of files) execFileSync(process.execPath, [rival('fill'), drivers, file, messages]);
    for (const action of ['read', 'append']) {
      const store = join(env.CLAUDE_SESSION_HOME, 'sessions.sqlite');
      const id = sessionId(sessions > 5 ? 5 : 0);
      const times = await interleave(
        [
          { name: 'node -e 0', command: [process.execPath, '-e', '0'], env },
          ...RIVALS.map((name, n) => ({
            name,
            command: [process.execPath, rival(name), drivers, files[n], action],
            env,
          })),
          { name: "session's store", command: [process.execPath, ours[action], store, id], env },
        ],
        rounds,
      );
      const targets = action === 'append' ? { "session's store": 1.6 } : {};
      parts.push({
        title: `${action === 'read' ? 'Read 10 messages' : 'Append 1 KB'} at ${messages.toLocaleString('en')} messages, against better-sqlite3`,
        rows: compare(times, 'better-sqlite3', targets),
      });
    }
  }
  return parts;
}
