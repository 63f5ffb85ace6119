/** Appends turns of 300 KB until that fails, and prints how many are stored and the error. argv: store. */
import type { SessionError } from '../../src/errors.ts';
import { openStore } from '../../src/store/sqlite/open.ts';
import { newSession, newTurn, turnEnd } from './store-model.ts';

async function main(): Promise<void> {
  const store = await openStore(process.argv[2] ?? '', { access: 'write' });
  await store.sessions.insert(newSession());
  for (let stored = 0; ; stored++) {
    try {
      const { turn } = await store.turns.enqueue(newTurn('0000aaaa', { message: `${stored}` }));
      await store.turns.finish(turn.id, 'me', turnEnd({ answer: ['x'.repeat(300_000)] }));
    } catch (error) {
      const { code, message } = error as SessionError;
      process.stdout.write(JSON.stringify({ stored, code, message }));
      break;
    }
  }
  await store.close();
}

void main();
