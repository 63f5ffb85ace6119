/**
 * Loads the program's code with V8's code cache, which halves the start-up time of a command.
 *
 * Node 22 has such a cache itself. This file does the same for Node 20. The cache is in our home directory, private to
 * the user, and only if that exists, so that `--help` creates nothing. A cache that is missing, damaged or of another
 * build or Node is not used, and is written again.
 */
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import * as nodeModule from 'node:module';
import { dirname, join } from 'node:path';
import { Script } from 'node:vm';
import { crc32 } from 'node:zlib';
import { crash, loadOrExplain } from './crash.ts';
import { EXIT_STATUS } from './errors.ts';
import { resolveHome } from './settings/paths.ts';
import { describeOthers } from './system/ownership.ts';
import { tuneV8 } from './system/v8-flags.ts';
import { BUILD, VERSION } from './version.ts';

/** Exists from Node 22 on. The types are of Node 20. */
const { enableCompileCache } = nodeModule as { enableCompileCache?: (directory: string) => unknown };

const CHECKSUM_BYTES = 4;
const OLD_MS = 7 * 24 * 3_600_000;

/** Compiles files of dist/ from their cache, and caches those without. */
class CachedLoader {
  readonly #directory: string;
  readonly #cache: string;
  /** A cache contains the functions that ran, which differ between verbs. */
  readonly #verb: string;
  readonly #require: NodeJS.Require;
  readonly #loaded = new Map<string, { exports: unknown }>();
  readonly #uncached = new Map<string, Script>();

  constructor(directory: string, cache: string, verb: string) {
    this.#directory = directory;
    this.#cache = cache;
    this.#verb = verb;
    this.#require = nodeModule.createRequire(join(directory, 'launcher.cjs'));
  }

  load(name: string): unknown {
    const known = this.#loaded.get(name);
    if (known !== undefined) return known.exports;
    const module = { exports: {} };
    this.#loaded.set(name, module);
    const filename = join(this.#directory, name);
    const run = this.#compile(name, filename).runInThisContext() as (...parts: unknown[]) => void;
    const require = (id: string): unknown =>
      id.startsWith('./') ? this.load(id.slice(2)) : this.#require(id);
    run(module.exports, require, module, filename, this.#directory);
    return module.exports;
  }

  /** Writes the caches. It is called at the end, so that functions that ran are included. */
  keep(): void {
    if (this.#uncached.size === 0) return;
    try {
      mkdirSync(this.#cache, { recursive: true, mode: 0o700 });
      for (const [name, script] of this.#uncached) {
        const data = script.createCachedData();
        const checksum = Buffer.alloc(CHECKSUM_BYTES);
        checksum.writeUInt32LE(crc32(data));
        replaceFile(this.#path(name), Buffer.concat([checksum, data]));
      }
    } catch {
      // A full or read-only disk: the next start is as slow as this one.
    }
  }

  #compile(name: string, filename: string): Script {
    const source = readFileSync(filename, 'utf8');
    const cachedData = this.#read(name);
    const script = new Script(`(function(exports,require,module,__filename,__dirname){${source}\n})`, {
      filename,
      ...(cachedData && { cachedData }),
    });
    if (cachedData === undefined || script.cachedDataRejected === true) this.#uncached.set(name, script);
    return script;
  }

  #path(name: string): string {
    return join(this.#cache, `${name}.${this.#verb}`);
  }

  #read(name: string): Buffer | undefined {
    try {
      const kept = readFileSync(this.#path(name));
      const data = kept.subarray(CHECKSUM_BYTES);
      return kept.readUInt32LE() === crc32(data) ? data : undefined;
    } catch {
      return undefined;
    }
  }
}

/** Replaces a file atomically. A partial file is removed, because on a full disk it would take the last space. */
function replaceFile(path: string, content: Buffer): void {
  const fresh = `${path}.${process.pid}`;
  try {
    writeFileSync(fresh, content, { mode: 0o600 });
    renameSync(fresh, path);
  } catch (error) {
    rmSync(fresh, { force: true });
    throw error;
  }
}

/** The directory of this build's cache; undefined when we have no home directory. */
function chooseCache(): string | undefined {
  const home = findHome();
  if (home === undefined) return undefined;
  const own = join(home, 'cache', `${BUILD}-${process.version}-${process.arch}`);
  if (!existsSync(own)) removeOldCaches(dirname(own));
  return own;
}

/** Our home directory, if no other user can change it, because a cache is code. The command itself reports problems. */
function findHome(): string | undefined {
  try {
    const home = resolveHome(process.env);
    const facts = statSync(home, { throwIfNoEntry: false });
    return facts === undefined || describeOthers(facts) !== undefined ? undefined : home;
  } catch {
    return undefined;
  }
}

/** Removes old caches, but not recent ones, so that two builds can be used alternately. */
function removeOldCaches(all: string): void {
  try {
    for (const path of readdirSync(all).map((name) => join(all, name)))
      if (Date.now() - statSync(path).mtimeMs > OLD_MS) rmSync(path, { recursive: true, force: true });
  } catch {
    // There is none yet, or the home directory is read-only.
  }
}

/** The answers that the build contains: the version, and the help without the width of a terminal. */
function findAnswer([word, ...rest]: string[]): string | Buffer | undefined {
  if (rest.length > 0) return undefined;
  if (word === '--version' || word === '-V') return `${VERSION}\n`;
  if ((word === '--help' || word === '-h') && process.stdout.isTTY !== true)
    return readFileSync(join(__dirname, 'help.txt'));
  return undefined;
}

/** A closed pipe is not a failure. */
function printFailure({ code, message }: NodeJS.ErrnoException): void {
  if (code === 'EPIPE') return;
  process.exitCode = EXIT_STATUS.STDOUT_FAILED;
  process.stderr.write(`session: The output could not be written: ${message}.\n`);
}

function start(): void {
  const argv = process.argv.slice(2);
  process.on('uncaughtException', (error) => crash(error, argv));
  const [word] = argv;
  const answer = findAnswer(argv);
  if (answer !== undefined) {
    process.stdout.on('error', printFailure).write(answer);
    return;
  }
  tuneV8();
  const cache = chooseCache();
  if (cache !== undefined && enableCompileCache === undefined) {
    const loader = new CachedLoader(__dirname, cache, /^[a-z_-]{2,20}$/.test(word ?? '') ? word! : 'help');
    loadOrExplain(() => loader.load('session.cjs'));
    // No cache for a first word that is not a verb.
    process.on('exit', (status) => status !== EXIT_STATUS.USAGE && loader.keep());
  } else {
    if (cache !== undefined) enableCompileCache?.(cache);
    loadOrExplain(() => nodeModule.createRequire(__filename)('./session.cjs'));
  }
}

start();
