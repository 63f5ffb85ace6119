/** Where the sessions of either kind are in order of age. */
export const AGES = {
  live: { index: 'sessions_age_live', state: 'IS NULL', times: ['aged_at', 'last_active_at'] },
  trash: { index: 'sessions_age_trashed', state: 'IS NOT NULL', times: ['trashed_at', 'last_active_at'] },
} as const;
