/**
 * Signals a process group by its leader's pid, or only the leader where there are no groups (Windows).
 *
 * Returns false when no process is left in the group. Use it only for a child that was not waited for, so that its pid
 * can't have been reused.
 */
export function signalGroup(leader: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(process.platform === 'win32' ? leader : -leader, signal);
    return true;
  } catch {
    return false;
  }
}
