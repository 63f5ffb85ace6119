import type { GcRecord, GcSessionRecord } from '../model/records.ts';
import { oneLine } from '../text/safe-text.ts';
import { formatSize } from './size.ts';

const REASONS: Record<keyof GcRecord['kept']['reasons'], string> = {
  pinned: 'pinned',
  running: 'running',
  warm: 'warm',
  young: 'not old enough',
  last: 'among the last of their root',
  trash: 'not long enough in the trash',
};

/** What gc did, or would do, in a few lines: each kind of change, then what was kept and why. */
export function renderGc(gc: GcRecord): string {
  const { purged_for_size: forSize, freed_bytes: freed } = gc;
  const lines: [string, string | false][] = [
    ['settle', gc.settled_turns > 0 && `${count(gc.settled_turns, 'turn')} whose process is gone`],
    ['stop', gc.stopped_agents > 0 && count(gc.stopped_agents, 'idle warm agent')],
    ['trash', gc.trashed.sessions > 0 && describe(gc.trashed)],
    [
      'purge',
      gc.purged.sessions > 0 &&
        describe(gc.purged) + (forSize.sessions > 0 ? ` (${forSize.sessions} only to make room)` : ''),
    ],
    ['remove', gc.removed_directories > 0 && directories(gc.removed_directories)],
    ['vacuum', freed !== null && `${formatSize(Math.max(freed, 0))} returned`],
    ['keep', describe(gc.kept) + listReasons(gc.kept.reasons)],
  ];
  return lines
    .filter(([, words]) => words !== false)
    .map(([what, words]) => `${`${what}:`.padEnd(8)}${String(words)}\n`)
    .join('');
}

/** A session that gc changed, on one line. */
export function renderGcSession({ action, session_id, bytes, name, root }: GcSessionRecord): string {
  const size = formatSize(bytes).padStart(7);
  return `${action}  ${session_id}  ${size}  ${oneLine(name ?? '-')}  ${oneLine(root)}\n`;
}

function describe({ sessions, bytes }: { sessions: number; bytes: number }): string {
  return `${count(sessions, 'session')}, ${formatSize(bytes)}`;
}

function listReasons(reasons: GcRecord['kept']['reasons']): string {
  const words = Object.entries(REASONS).flatMap(([reason, said]) => {
    const sessions = reasons[reason as keyof typeof REASONS];
    return sessions === 0 ? [] : [`${sessions} ${said}`];
  });
  return words.length === 0 ? '' : ` (${words.join(', ')})`;
}

function directories(removed: number): string {
  return removed === 1 ? '1 leftover directory' : `${removed} leftover directories`;
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}
