import { setFlagsFromString } from 'node:v8';

/** V8 prints a line on stderr for an unknown flag, so versions of Node that were not tested get no flags. */
const NEWEST_TRIED = 24;

/**
 * Makes SQLite's WebAssembly start faster. Call it before any code is compiled: a code cache is valid for one set of
 * flags only.
 */
export function tuneV8(): void {
  if (Number.parseInt(process.versions.node, 10) > NEWEST_TRIED) return;
  // V8 takes longer to optimise SQLite's interpreter than to list a thousand sessions, and Node waits for that at exit.
  // Even work of several seconds does not get faster.
  setFlagsFromString('--no-wasm-tier-up');
  setFlagsFromString('--no-wasm-dynamic-tiering');
  // Each function is checked at its first call. Few functions are called.
  setFlagsFromString('--wasm-lazy-validation');
}
