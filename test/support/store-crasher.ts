/**
 * Rewrites every session of a store in one transaction, and kills itself with SIGKILL after a number of its pages are
 * written. argv: store, pages.
 */
import fs from 'node:fs';
import { openDatabase } from '../../src/store/sqlite/engine/database.ts';
import { SCHEMA } from '../../src/store/sqlite/schema.ts';

const [path = '', pages = ''] = process.argv.slice(2);
const storeFds = new Set<number>();
const { openSync, writeSync } = fs;
let isArmed = false;
let written = 0;

fs.openSync = (...args) => {
  const fd = openSync(...args);
  if (args[0] === path) storeFds.add(fd);
  return fd;
};
fs.writeSync = ((...args: Parameters<typeof writeSync>) => {
  const result = writeSync(...args);
  if (isArmed && storeFds.has(args[0]) && ++written >= Number(pages)) process.kill(process.pid, 'SIGKILL');
  return result;
}) as typeof writeSync;

async function main(): Promise<void> {
  const database = await openDatabase(path, SCHEMA, { access: 'write' });
  isArmed = true;
  await database.write((tx) =>
    tx.run("UPDATE sessions SET system_prompt = replace(system_prompt, 'OLD', 'NEW')"),
  );
}

void main();
