import type { Author } from '../model/session-change.ts';
import { currentUser } from '../system/user.ts';

/** Who changes something by way of the library. */
export function author(): Author {
  return { by: currentUser(), at: Date.now() };
}
