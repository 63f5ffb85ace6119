import { setFlagsFromString } from 'node:v8';

/** V8 prints a line on stderr for a flag that it does not know, so a Node that has not been tried gets none. */
const NEWEST_TRIED = 24;

/** Lets SQLite's WebAssembly start faster. To be called before any code is compiled: a code cache is good for one set of flags. */
export function tuneV8(): void {
  if (Number.parseInt(process.versions.node, 10) > NEWEST_TRIED) return;
  // V8 optimises hot WebAssembly in the background, and Node waits for that at exit, longer than all of our own work
  // takes. Let only long runs reach the optimiser.
  setFlagsFromString('--wasm-tiering-budget=2000000000');
  // A function is checked when it is first called, not all of them at once; few are.
  setFlagsFromString('--wasm-lazy-validation');
}
