/** A real connection pooler from Debian's package, in transaction mode, in front of one server. */
import { spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { answers, findPort, ownServerDirectory } from './postgres.ts';

const PROGRAM = '/usr/sbin/pgbouncer';

export function hasPgbouncer(): boolean {
  return existsSync(PROGRAM);
}

/**
 * Starts a pooler that has only two connections to the server for each database. Returns the URL through the pooler.
 */
export async function startPgbouncer(target: string): Promise<string> {
  const { directory, ids, remove } = ownServerDirectory('session-pgbouncer-');
  const url = new URL(target);
  const port = await findPort();
  const settings = `[databases]
* = host=${url.hostname} port=${url.port} user=${url.username}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 2
max_client_conn = 500
`;
  const path = join(directory, 'pgbouncer.ini');
  writeFileSync(path, settings);
  const child = spawn(PROGRAM, ['-q', path], { ...ids, cwd: directory, stdio: 'ignore' });
  const exited = new Promise((resolve) => child.once('exit', resolve));
  onTestFinished(async () => {
    child.kill('SIGINT');
    await exited;
    remove();
  });
  url.port = String(port);
  for (let n = 0; !(await answers(url.href)); n++) {
    if (n > 200 || child.exitCode !== null) throw new Error('pgbouncer did not start.');
    await pause(50);
  }
  return url.href;
}
