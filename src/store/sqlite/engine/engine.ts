import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { SessionError } from '../../../errors.ts';
import { contractBroken, type SqlJsRuntime } from './sql-js.ts';
import { NodeVfs } from './vfs.ts';

let engine: Promise<NodeVfs> | undefined;

/**
 * Statements that SQLite runs before it opens a file. V8 compiles a function at its first call, which takes most of the
 * time of a short program. With these, most of that is done before the store's lock is taken.
 */
const WARM_UP = {
  read: `SELECT name FROM sqlite_schema WHERE name = 'x' ORDER BY rowid DESC LIMIT 1`,
  write: `
    CREATE TABLE t (a TEXT PRIMARY KEY, b);
    CREATE INDEX i ON t (b) WHERE b IS NULL;
    BEGIN IMMEDIATE;
    INSERT INTO t VALUES ('x', 1) RETURNING *;
    UPDATE t SET b = b + 1 WHERE a = 'x';
    COMMIT;
    SELECT * FROM t WHERE a = 'x' AND b IS NULL ORDER BY rowid DESC LIMIT 1`,
};

/** Loads SQLite once for each process, and makes it use real files. */
export function loadEngine(access: 'read' | 'write'): Promise<NodeVfs> {
  return (engine ??= load(WARM_UP[access]));
}

async function load(warmUp: string): Promise<NodeVfs> {
  const wasm = readWasm(findWasm());
  const { default: initSqlJs } = await import('sql.js');
  let instance: WebAssembly.Instance | undefined;
  // sql.js does not report this failure.
  let fail: (error: unknown) => void;
  const failure = new Promise<never>((_resolve, reject) => (fail = reject));
  const config = {
    useOldExtensionFunctions: false,
    instantiateWasm(imports: WebAssembly.Imports, done: (instance: WebAssembly.Instance) => void) {
      try {
        instance = new WebAssembly.Instance(new WebAssembly.Module(wasm), imports);
      } catch (error) {
        fail(explainInstance(error));
        return {};
      }
      done(instance);
      return instance.exports;
    },
  };
  const sql = (await withWholeTexts(() => Promise.race([initSqlJs(config), failure]))) as SqlJsRuntime;
  const memory = Object.values(instance?.exports ?? {}).find((value) => value instanceof WebAssembly.Memory);
  if (memory === undefined) throw contractBroken('it exports no memory');
  for (const name of ['_malloc', 'addFunction', 'UTF8ToString'] as const) {
    if (typeof sql[name] !== 'function') throw contractBroken(`it has no ${name}`);
  }
  return new NodeVfs(sql, memory, warmUp);
}

/**
 * Explains a failure of V8 to reserve memory. It reserves ten gigabytes of addresses for a WebAssembly memory, unless
 * it is told to check each access instead.
 */
function explainInstance(cause: unknown): unknown {
  if (!(cause instanceof RangeError)) return cause;
  return new SessionError('STORE_UNREADABLE', 'There is not enough address space for the SQLite engine.', {
    hint: 'Raise the limit (ulimit -v), or set NODE_OPTIONS=--disable-wasm-trap-handler, with which 2 GB are enough.',
    cause,
  });
}

/**
 * Makes sql.js keep a byte order mark at the start of a text. Its decoder, which it makes when it is called, would drop
 * the mark.
 */
function withWholeTexts<T>(work: () => T): T {
  const { TextDecoder } = globalThis;
  globalThis.TextDecoder = class extends TextDecoder {
    constructor(...[label, options]: ConstructorParameters<typeof TextDecoder>) {
      super(label, { ...options, ignoreBOM: true });
    }
  };
  try {
    return work();
  } finally {
    globalThis.TextDecoder = TextDecoder;
  }
}

/**
 * The WebAssembly file beside the bundle, as packaged; else, when this runs from source, the one in sql.js's package.
 */
function findWasm(): string {
  const beside = fileURLToPath(new URL('sql-wasm.wasm', import.meta.url));
  return existsSync(beside) ? beside : createRequire(import.meta.url).resolve('sql.js/dist/sql-wasm.wasm');
}

function readWasm(path: string): Uint8Array<ArrayBuffer> {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new SessionError('STORE_UNREADABLE', `The SQLite engine is missing: ${path}.`, {
      hint: 'Reinstall the package.',
      cause,
    });
  }
}
