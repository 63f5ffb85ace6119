import type { TurnOutput } from '../model/records.ts';

/** How much of a turn was already yielded. */
export interface TurnProgress {
  /** The length of its text, in UTF-16 units. */
  units: number;
  calls: number;
}

/** Counts how much of a turn was already yielded. */
export class ProgressCounter implements TurnProgress {
  #lengths: number[] = [];
  calls = 0;
  hasStarted = false;

  get units(): number {
    return this.#lengths.reduce((sum, length) => sum + length, 0);
  }

  add(record: TurnOutput): void {
    if (record.type === 'start') this.hasStarted = true;
    if (record.type === 'tool_call') this.calls++;
    if (record.type === 'text') this.#lengths.push(record.content.length);
    if (record.type === 'discard') this.#lengths.splice(-record.count, record.count);
  }
}
