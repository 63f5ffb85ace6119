/**
 * Appends turns to its own session up to a number, and prints each number when the turn is stored.
 *
 * argv: store, worker, appends. With KILL_P, it may be killed before or after any system call that changes state. With
 * NO_LOCK, the lock has no effect. After a restart it continues where it was.
 */
import fs from 'node:fs';
import { openStore } from '../../src/store/sqlite/open.ts';
import { newSession, newTurn, turnEnd } from './store-model.ts';

type Call = (...args: unknown[]) => unknown;
const calls = fs as unknown as Record<string, Call>;
const [path = '', worker = '', appends = ''] = process.argv.slice(2);
const killChance = Number(process.env['KILL_P'] ?? 0);
const owner = `worker-${worker}`;
const sessionId = worker.padStart(8, '0');

if (process.env['NO_LOCK'] !== undefined) {
  const { symlinkSync, unlinkSync } = calls;
  calls['symlinkSync'] = (target, link) =>
    String(link).endsWith('.lock') ? undefined : symlinkSync!(target, link);
  calls['unlinkSync'] = (file) => (String(file).endsWith('.lock') ? undefined : unlinkSync!(file));
}
if (killChance > 0) {
  for (const name of ['writeSync', 'fsyncSync', 'ftruncateSync', 'unlinkSync', 'symlinkSync', 'openSync']) {
    const real = calls[name]!;
    calls[name] = (...args) => {
      if (Math.random() < killChance) process.kill(process.pid, 'SIGKILL');
      const result = real.apply(fs, args);
      if (Math.random() < killChance) process.kill(process.pid, 'SIGKILL');
      return result;
    };
  }
}

async function main(): Promise<void> {
  const store = await openStore(path, { access: 'write', timeoutMs: 60_000 });
  if ((await store.sessions.find(sessionId)) === undefined)
    await store.sessions.insert(newSession({ id: sessionId }));
  const [left] = await store.turns.open(sessionId);
  if (left !== undefined) await store.turns.finish(left.id, owner, turnEnd({ answer: ['taken up again'] }));
  for (;;) {
    const { turnCount } = (await store.sessions.find(sessionId))!;
    if (turnCount >= Number(appends)) break;
    const since = performance.now();
    const message = `${turnCount + 1} ${'x'.repeat(1024 + Math.floor(Math.random() * 3000))}`;
    const { turn } = await store.turns.enqueue(newTurn(sessionId, { message, owner }));
    await store.turns.finish(turn.id, owner, turnEnd({ answer: [`to ${turnCount + 1}`] }));
    process.stdout.write(`${turnCount + 1} ${turn.id} ${(performance.now() - since).toFixed(1)}\n`);
  }
  await store.close();
}

main().catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = 3;
});
