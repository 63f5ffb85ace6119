import { userInfo } from 'node:os';

/** The name of the current user, or its number when it has no name, as in some containers. */
export function currentUser(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? 'unknown');
  }
}
