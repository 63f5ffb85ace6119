import { userInfo } from 'node:os';

/** The name of the system's user; where it has none, as in some containers, its number. */
export function currentUser(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? 'unknown');
  }
}
