import type { SqlJsStatic } from 'sql.js';
import { SessionError } from '../../../errors.ts';

/** What Emscripten exports besides sql.js's own API. */
export interface SqlJsRuntime extends SqlJsStatic {
  _malloc(size: number): number;
  addFunction(fn: (...args: never[]) => number, signature: string): number;
  UTF8ToString(pointer: number): string;
}

export function contractBroken(what: string): SessionError {
  return new SessionError(
    'STORE_UNREADABLE',
    `The SQLite engine (sql.js) is not the version that this program needs: ${what}.`,
    {
      hint: 'Reinstall the package. It contains the right version.',
    },
  );
}
