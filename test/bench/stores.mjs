import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundle } from './bundle.mjs';
import { CACHE } from './place.mjs';

const SOURCES = ['../support/big-store.ts', '../../src/store/sqlite/schema.ts'];
const DAY_MS = 24 * 3_600_000;

/** Fills a store with so many sessions of so many messages, all of them of the last 60 days. */
export async function fillStore(path, sessions, messagesEach, roots = 50) {
  const { fillStore: fill } = createRequire(import.meta.url)(await bundle(SOURCES[0]));
  await fill(path, { sessions, messagesEach, roots, characters: 300, spanMs: 60 * DAY_MS });
}

/** Puts such a store into a home. A large one takes minutes to fill, so it is kept for the next time. */
export async function putStore(env, sessions, messagesEach) {
  const sources = SOURCES.map((name) => readFileSync(fileURLToPath(new URL(name, import.meta.url))));
  const hash = sources
    .reduce((sum, text) => sum.update(text), createHash('sha256'))
    .digest('hex')
    .slice(0, 12);
  const kept = join(CACHE, 'bench', `${sessions}x${messagesEach}-${hash}.sqlite`);
  if (!existsSync(kept)) {
    mkdirSync(join(CACHE, 'bench'), { recursive: true });
    const fresh = `${kept}.${process.pid}`;
    process.stderr.write(`Filling a store with ${sessions} sessions of ${messagesEach} messages\n`);
    await fillStore(fresh, sessions, messagesEach);
    renameSync(fresh, kept);
  }
  copyFileSync(kept, join(env.CLAUDE_SESSION_HOME, 'sessions.sqlite'));
}

/** The id of the n-th session of a filled store. */
export const sessionId = (n) => n.toString(16).padStart(8, '0');
