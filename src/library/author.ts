import type { Author } from '../model/session-change.ts';
import { currentUser } from '../system/user.ts';

/** The author of changes that are made through the library. */
export function author(): Author {
  return { by: currentUser(), at: Date.now() };
}
