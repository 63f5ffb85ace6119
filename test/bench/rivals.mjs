// What is measured against, installed aside and never part of the package.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CACHE } from './place.mjs';

/** Installs packages into a folder of the cache, once; gives the folder. */
export function install(name, packages) {
  const folder = join(CACHE, name);
  const mark = join(folder, `${packages.join(' ').replaceAll('/', '+')}.installed`);
  if (existsSync(mark)) return folder;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{"private":true}\n');
  process.stderr.write(`Installing ${packages.join(' ')} into ${folder}\n`);
  execFileSync('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error', ...packages], {
    cwd: folder,
    stdio: ['ignore', 2, 2],
  });
  writeFileSync(mark, '');
  return folder;
}

/** Other ways to SQLite from Node. */
export const installDrivers = () =>
  install('bench/drivers', ['better-sqlite3@12.4.1', 'node-sqlite3-wasm@0.8.60']);
