/**
 * A real PostgreSQL server from Debian's package, with its own files, a free port on the loopback interface, and fsync
 * on.
 */
import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';

/** The user that Debian's package creates for the server. */
const SERVER_USER = 'postgres';

export interface Postgres {
  /** Its directory. */
  data: string;
  /** The URL of the default database. */
  url: string;
  /** Kills it, like a power failure. */
  kill(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** The directory of the server's programs; undefined when it is not installed. */
function findPrograms(): string | undefined {
  const versions = '/usr/lib/postgresql';
  if (!existsSync(versions)) return undefined;
  const [newest] = readdirSync(versions).toSorted((a, b) => Number(b) - Number(a));
  return newest && join(versions, newest, 'bin');
}

interface ServerOptions {
  /** With a certificate for `localhost` that it has made itself: server.crt in `data`. */
  tls?: boolean;
  /** Who may connect how, instead of all as they like; see pg_hba.conf. */
  hba?: string;
}

/** Starts a new server. */
export async function startPostgres({ tls = false, hba }: ServerOptions = {}): Promise<Postgres> {
  const programs = findPrograms();
  if (programs === undefined) throw new Error('There is no PostgreSQL here: install the package postgresql.');
  const { directory: data, ids, remove } = ownServerDirectory('session-postgres-');
  const options = { ...ids, cwd: data, env: { PATH: process.env.PATH, LC_ALL: 'C.UTF-8' } };
  const argv = ['-D', data, '-U', 'tester', '-E', 'UTF8', '--locale=C.UTF-8', '-A', 'trust'];
  execFileSync(join(programs, 'initdb'), argv, { ...options, stdio: 'pipe' });
  if (tls) {
    const words =
      'req -x509 -newkey rsa:2048 -nodes -subj /CN=localhost -keyout server.key -out server.crt'.split(' ');
    execFileSync('openssl', words, { ...options, stdio: 'pipe' });
    chmodSync(join(data, 'server.key'), 0o600);
  }
  if (hba !== undefined) writeFileSync(join(data, 'pg_hba.conf'), hba);
  const port = await findPort();
  const url = `postgres://tester@127.0.0.1:${port}/postgres`;
  let server: ReturnType<typeof spawn> | undefined;
  let exited: Promise<unknown> = Promise.resolve();
  const start = async (): Promise<void> => {
    const settings = [
      '-c',
      'listen_addresses=127.0.0.1',
      '-c',
      `unix_socket_directories=${data}`,
      '-c',
      'max_connections=200',
      ...(tls ? ['-c', 'ssl=on'] : []),
    ];
    const words = ['-D', data, '-p', String(port), ...settings];
    for (let n = 0; !(await answers(url)); n++) {
      if (n > 300) throw new Error('PostgreSQL did not start.');
      // After a kill, processes of the previous server may still run. Then the new one exits at once and is started again.
      if (server === undefined || server.exitCode !== null || server.signalCode !== null) {
        server = spawn(join(programs, 'postgres'), words, { ...options, stdio: 'ignore' });
        const child = server;
        exited = new Promise((resolve) => child.once('exit', resolve));
      }
      await pause(50);
    }
  };
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    server?.kill(signal);
    await exited;
  };
  await start();
  return {
    url,
    data,
    start,
    kill: () => end('SIGKILL'),
    async stop() {
      await end('SIGINT');
      remove();
    },
  };
}

/** Makes a temporary directory for a server that refuses to run as root, and returns the user to run it as. */
export function ownServerDirectory(prefix: string) {
  const directory = mkdtempSync(join(tmpdir(), prefix));
  const ids = process.geteuid?.() === 0 ? toIds(SERVER_USER) : undefined;
  if (ids) chownSync(directory, ids.uid, ids.gid);
  return { directory, ids, remove: () => rmSync(directory, { recursive: true, force: true }) };
}

let databases = 0;

/** Creates an empty database on a server. Returns its URL. */
export async function createDatabase(server: string): Promise<string> {
  const name = `test_${process.pid}_${databases++}`;
  await query(server, `CREATE DATABASE ${name}`);
  return server.replace(/[^/]*$/, name);
}

/** Runs a statement on a new connection. */
export async function query<Row extends object>(
  url: string,
  sql: string,
  params: unknown[] = [],
): Promise<Row[]> {
  const client = new Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query(sql, params)).rows as Row[];
  } finally {
    await client.end();
  }
}

export async function answers(url: string): Promise<boolean> {
  try {
    await query(url, 'SELECT 1');
    return true;
  } catch {
    return false;
  }
}

function toIds(user: string): { uid: number; gid: number } {
  const id = (flag: string): number => Number(execFileSync('id', [flag, user], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

export function findPort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
