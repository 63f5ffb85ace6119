import type { SqlJsStatic } from 'sql.js';
import { SessionError } from '../../../errors.ts';

/** What Emscripten hands out besides sql.js's own API. */
export interface SqlJsRuntime extends SqlJsStatic {
  _malloc(size: number): number;
  addFunction(fn: (...args: never[]) => number, signature: string): number;
  UTF8ToString(pointer: number): string;
}

export function contractBroken(what: string): SessionError {
  return new SessionError(
    'STORE_UNREADABLE',
    `The SQLite engine (sql.js) is not the one this was made for: ${what}.`,
    {
      hint: 'Reinstall the package; it brings the version it needs.',
    },
  );
}
