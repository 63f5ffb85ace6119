/** Stores one message of 1 KB durably, by the product's own store, and nothing else. argv: store, session. */
import { tuneV8 } from '../../src/system/v8-flags.ts';
import { openStore } from '../../src/store/sqlite/open.ts';

async function main([path = '', sessionId = '']: string[]): Promise<void> {
  const store = await openStore(path, { access: 'write' });
  const limits = { timeoutMs: null, stallTimeoutMs: 1000, maxTurns: null, maxBudgetUsd: null };
  await store.turns.enqueue({ sessionId, message: 'x'.repeat(1024), owner: 'bench', limits, at: Date.now() });
  await store.close();
}

tuneV8();
void main(process.argv.slice(2));
