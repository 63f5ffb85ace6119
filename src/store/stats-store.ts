import type { Usage } from '../model/usage.ts';

export const STATS_KEYS = ['day', 'session', 'study', 'model', 'mode'] as const;

export type StatsKey = (typeof STATS_KEYS)[number];

export interface StatsQuery {
  by: StatsKey;
  /** Only turns that ended at or after `since`, and before `until`. */
  since?: number | undefined;
  until?: number | undefined;
}

export interface Stats {
  /** Null where a turn has no such value, for example no study. */
  key: string | null;
  turns: number;
  completed: number;
  numTurns: number;
  denials: number;
  usage: Usage;
  costUsd: number;
  durationMs: number;
}
