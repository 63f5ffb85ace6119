/** Requests that wait for their answers, by id. All of them fail when stdin ends. */
export class Requests<Answer> {
  readonly #waiting = new Map<string, { resolve(answer: Answer): void; reject(error: Error): void }>();
  #closed: Error | null = null;

  async ask(id: string, send: () => void): Promise<Answer> {
    if (this.#closed !== null) throw this.#closed;
    return await new Promise<Answer>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      send();
    });
  }

  answer(id: string, answer: Answer): void {
    this.#waiting.get(id)?.resolve(answer);
    this.#waiting.delete(id);
  }

  close(reason: string): void {
    this.#closed = new Error(reason);
    for (const { reject } of this.#waiting.values()) reject(this.#closed);
    this.#waiting.clear();
  }
}
