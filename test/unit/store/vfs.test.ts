import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import initSqlJs from 'sql.js';
import { beforeAll, expect, test } from 'vitest';
import type { SqlJsRuntime } from '../../../src/store/sqlite/engine/sql-js.ts';
import { NodeVfs } from '../../../src/store/sqlite/engine/vfs.ts';

const wasm = readFileSync(createRequire(import.meta.url).resolve('sql.js/dist/sql-wasm.wasm'));

/** An engine as it comes, which sql.js makes once a process. */
let sql: SqlJsRuntime;
let memory: WebAssembly.Memory;
beforeAll(async () => {
  const config = {
    instantiateWasm(imports: WebAssembly.Imports, done: (instance: WebAssembly.Instance) => void) {
      const instance = new WebAssembly.Instance(new WebAssembly.Module(wasm), imports);
      memory = Object.values(instance.exports).find((value) => value instanceof WebAssembly.Memory)!;
      done(instance);
      return instance.exports;
    },
  };
  sql = (await initSqlJs(config as object)) as SqlJsRuntime;
});

/** The engine with something about it changed. */
function altered(change: object): SqlJsRuntime {
  return Object.assign(Object.create(sql) as SqlJsRuntime, change);
}

const UNEXPECTED = expect.objectContaining({
  code: 'STORE_UNREADABLE',
  message: expect.stringContaining('sql.js'),
  hint: expect.stringContaining('Reinstall'),
});

test('refuses an engine whose VFS has another name', () => {
  expect(() => new NodeVfs(altered({ UTF8ToString: () => 'memdb' }), memory, '')).toThrow(UNEXPECTED);
});

test('refuses an engine without a database handle', () => {
  class Database {
    close(): void {}
  }
  expect(() => new NodeVfs(altered({ Database }), memory, '')).toThrow(UNEXPECTED);
});

test.each([
  ['iVersion', 0, 4],
  ['szOsFile', 1, 4],
  ['mxPathname', 2, 0],
])('refuses an engine whose VFS is laid out in another way: %s', (_, slot, value) => {
  const probe = new sql.Database() as unknown as { db: number; close(): void };
  const vfs = new Int32Array(memory.buffer)[probe.db >> 2]! >> 2;
  probe.close();
  const other = {
    get buffer() {
      const copy = memory.buffer.slice(0);
      new Int32Array(copy)[vfs + slot] = value;
      return copy;
    },
  };
  expect(() => new NodeVfs(sql, other, '')).toThrow(UNEXPECTED);
});

test('takes over the engine this was made for', () => {
  expect(() => new NodeVfs(sql, memory, '')).not.toThrow();
});
