// Prepares a checkout: installs the packages when they are missing or outdated, and builds when a source is newer than
// the bundle. It needs only Node and npm, so every npm script can begin with it.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const top = fileURLToPath(new URL('..', import.meta.url));
const modified = (path) => statSync(join(top, path), { throwIfNoEntry: false })?.mtimeMs ?? 0;
const run = (program, ...args) => execFileSync(program, args, { cwd: top, stdio: ['ignore', 2, 2] });

if (modified('node_modules/.package-lock.json') < modified('package-lock.json'))
  run('npm', 'ci', '--no-audit', '--no-fund', '--loglevel=error');

const sources = ['src', 'package.json', '.dev'].flatMap((path) =>
  statSync(join(top, path)).isDirectory()
    ? readdirSync(join(top, path), { recursive: true }).map((name) => join(path, name))
    : [path],
);
if (
  !existsSync(join(top, 'dist/launcher.cjs')) ||
  modified('dist/launcher.cjs') < Math.max(...sources.map(modified))
)
  run(process.execPath, '.dev/build.mjs');
