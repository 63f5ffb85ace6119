/** Prints the last ten messages of a session, by the product's own store, and nothing else. argv: store, session. */
import { tuneV8 } from '../../src/system/v8-flags.ts';
import { openStore } from '../../src/store/sqlite/open.ts';

async function main([path = '', sessionId = '']: string[]): Promise<void> {
  const store = await openStore(path, { access: 'read' });
  process.stdout.write(`${JSON.stringify(await store.messages.list({ sessionId, limit: 10 }))}\n`);
  await store.close();
}

tuneV8();
void main(process.argv.slice(2));
