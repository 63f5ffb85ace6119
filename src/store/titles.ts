/** What one sees of a session in a list to choose from. */
export interface SessionTitle {
  id: string;
  name: string | null;
  root: string;
  study: string | null;
  last_active_at: number;
}

/** What to look for; `prefix` is how the id or the name begins. */
export interface TitleQuery {
  prefix: string;
  trash: 'live' | 'trashed';
  limit: number;
}
