/**
 * Signals a process group by its leader's pid, the leader alone where there are no groups (Windows).
 *
 * False when nobody is left in it. Only for a child of ours that was not waited for, so its pid can't have been reused.
 */
export function signalGroup(leader: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(process.platform === 'win32' ? leader : -leader, signal);
    return true;
  } catch {
    return false;
  }
}
