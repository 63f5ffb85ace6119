import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { SessionError } from '../errors.ts';
import { tuneV8 } from '../system/v8-flags.ts';
import { contractBroken, NodeVfs, type SqlJsRuntime } from './vfs.ts';

let engine: Promise<NodeVfs> | undefined;

/** Loads SQLite, once a process, and lets it work on real files. */
export function loadEngine(wasmPath?: string): Promise<NodeVfs> {
  return (engine ??= load(wasmPath ?? findWasm()));
}

async function load(wasmPath: string): Promise<NodeVfs> {
  tuneV8();
  const wasm = readWasm(wasmPath);
  const { default: initSqlJs } = await import('sql.js');
  let instance: WebAssembly.Instance | undefined;
  const config = {
    useOldExtensionFunctions: false,
    instantiateWasm(imports: WebAssembly.Imports, done: (instance: WebAssembly.Instance) => void) {
      instance = new WebAssembly.Instance(new WebAssembly.Module(wasm), imports);
      done(instance);
      return instance.exports;
    },
  };
  const sql = (await initSqlJs(config)) as SqlJsRuntime;
  const memory = Object.values(instance?.exports ?? {}).find((value) => value instanceof WebAssembly.Memory);
  if (memory === undefined) throw contractBroken('it exports no memory');
  for (const name of ['_malloc', 'addFunction', 'UTF8ToString'] as const) {
    if (typeof sql[name] !== 'function') throw contractBroken(`it has no ${name}`);
  }
  return new NodeVfs(sql, memory);
}

/** Beside the bundle, as packaged; else in the package itself, when this runs from source. */
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
