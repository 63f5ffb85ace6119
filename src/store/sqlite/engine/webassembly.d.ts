/** The part of WebAssembly's API that engine.ts uses. TypeScript has it only in its types for browsers. */
declare namespace WebAssembly {
  type Imports = Record<string, Record<string, unknown>>;
  const Module: new (bytes: Uint8Array) => Module;
  class Memory {
    readonly buffer: ArrayBuffer;
  }
  class Instance {
    constructor(module: Module, imports: Imports);
    readonly exports: Record<string, unknown>;
  }
}
