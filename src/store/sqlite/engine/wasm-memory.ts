/** Views of the memory of a WebAssembly instance. They stay valid when the memory grows and its buffer is replaced. */
export class WasmMemory {
  readonly #memory: WebAssembly.Memory;
  #view: DataView;

  constructor(memory: WebAssembly.Memory) {
    this.#memory = memory;
    this.#view = new DataView(memory.buffer);
  }

  get view(): DataView {
    if (this.#view.buffer !== this.#memory.buffer) this.#view = new DataView(this.#memory.buffer);
    return this.#view;
  }

  bytes(at: number, length: number): Uint8Array {
    return new Uint8Array(this.#memory.buffer, at, length);
  }

  /** The n-th 32-bit word from an address. */
  word(at: number, n: number): number {
    return this.view.getInt32(at + 4 * n, true);
  }

  setWord(at: number, n: number, value: number): void {
    this.view.setInt32(at + 4 * n, value, true);
  }
}
