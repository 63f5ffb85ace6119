/** The fields of a session for shell completion. */
export interface SessionTitle {
  id: string;
  name: string | null;
  root: string;
  study: string | null;
  last_active_at: number;
}

/** A query for titles. `prefix` is the beginning of the id or the name. */
export interface TitleQuery {
  prefix: string;
  trash: 'live' | 'trashed';
  limit: number;
}
