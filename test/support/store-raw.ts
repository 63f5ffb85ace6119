import { Connection } from '../../src/store/connection.ts';
import { loadEngine } from '../../src/store/engine.ts';
import { privateTarget } from '../../src/store/vfs-target.ts';

/** Opens a database as a program that knows nothing of our lock would, and leaves it as it likes. */
export async function openRaw(path: string): Promise<Connection> {
  const connection = new Connection(await loadEngine('write'), privateTarget(path));
  connection.script('PRAGMA locking_mode = EXCLUSIVE');
  return connection;
}

/** Runs a script on a database and closes it. */
export async function runRaw(path: string, script: string): Promise<void> {
  const connection = await openRaw(path);
  connection.script(script);
  connection.close();
}
