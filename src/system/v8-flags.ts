import { setFlagsFromString } from 'node:v8';

/** V8 prints a line on stderr for a flag that it does not know, so a Node that has not been tried gets none. */
const NEWEST_TRIED = 24;

/** Lets SQLite's WebAssembly start faster. To be called before any code is compiled: a code cache is good for one set of flags. */
export function tuneV8(): void {
  if (Number.parseInt(process.versions.node, 10) > NEWEST_TRIED) return;
  // Optimising SQLite's interpreter takes V8 longer than a thousand sessions to list, and Node waits for it at exit;
  // the work of seconds is no faster for it.
  setFlagsFromString('--no-wasm-tier-up');
  setFlagsFromString('--no-wasm-dynamic-tiering');
  // A function is checked when it is first called, not all of them at once; few are.
  setFlagsFromString('--wasm-lazy-validation');
}
