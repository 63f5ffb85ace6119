/**
 * Moves amounts between the rows of a table in an endless loop, like another program. Their sum is always 0. argv: the
 * database, its journal mode.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { openRaw } from './store-raw.ts';

const [path = '', journal = ''] = process.argv.slice(2);

async function main(): Promise<void> {
  const db = await openRaw(path);
  db.script(`PRAGMA journal_mode = ${journal}; PRAGMA cache_size = 2; CREATE TABLE t (a, version, filler)`);
  db.script("INSERT INTO t SELECT 0, 0, zeroblob(2000) FROM json_each('[1,2,3,4,5,6,7,8,9,10,11,12]')");
  process.stdout.write('ready\n');
  for (let version = 1; ; version++) {
    db.script(`BEGIN; UPDATE t SET a = a + CASE WHEN rowid % 2 THEN 1 ELSE -1 END, version = ${version}`);
    db.script(version % 5 === 0 ? 'ROLLBACK' : 'COMMIT');
    await sleep(Math.random() * 5);
  }
}

void main();
