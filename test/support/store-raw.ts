import { existsSync } from 'node:fs';
import { Connection } from '../../src/store/sqlite/engine/connection.ts';
import { loadEngine } from '../../src/store/sqlite/engine/engine.ts';
import { readHeader } from '../../src/store/sqlite/engine/header.ts';
import { privateTarget } from '../../src/store/sqlite/engine/vfs-target.ts';

/** Opens a database without our lock, like another program, but can also write a sealed store. */
export async function openRaw(path: string): Promise<Connection> {
  const isSealed = existsSync(path) && readHeader(path)?.isSealed === true;
  const connection = new Connection(await loadEngine('write'), privateTarget(path, isSealed));
  connection.script('PRAGMA locking_mode = EXCLUSIVE');
  return connection;
}

/** Runs a script on a database and closes it. */
export async function runRaw(path: string, script: string): Promise<void> {
  const connection = await openRaw(path);
  connection.script(script);
  connection.close();
}
