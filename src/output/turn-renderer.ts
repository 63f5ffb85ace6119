import type { TurnOutput } from '../model/records.ts';

/** What prints the records of a turn in one form. */
export interface TurnRenderer {
  /** Takes the next record. Await what it returns, if anything. */
  take(record: TurnOutput): Promise<void> | undefined;
  /** After the last record, or when the records broke off. */
  close(): Promise<void> | undefined;
}
