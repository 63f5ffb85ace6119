import type { PlannedSession, PlanStep } from '../../store/retention-store.ts';
import type { Services } from '../../turns/services.ts';
import type { Pace } from './pace.ts';
import { purgeAll, removeAgentFiles } from './remove.ts';
import type { GcReport, GcRequest, KeepReason } from './report.ts';

/** What happens on the way, for those who want to know. */
export interface GcWatch {
  pace: Pace;
  /** Is told of each session taken, in order. */
  onTaken?: (session: PlannedSession & Pick<PlanStep, 'action'>) => Promise<void>;
}

export type GcServices = Pick<Services, 'store' | 'paths' | 'env' | 'notice'>;

/** Sessions not to touch, by id, and why. */
export type Spare = Map<string, 'running' | 'warm' | 'young'>;

type SessionsReport = Omit<GcReport, 'settledTurns' | 'stoppedAgents' | 'removedDirectories'>;

/**
 * Trashes and purges what is to go, and accounts for all sessions: what was taken of what there was, and why others were
 * not. `unwrittenBytes` are still to be added to what is stored.
 */
export async function takeSessions(
  services: GcServices,
  request: GcRequest,
  { spare, unwrittenBytes }: { spare: Spare; unwrittenBytes: number },
  { pace, onTaken }: GcWatch,
): Promise<SessionsReport> {
  const { retention } = services.store;
  const { live, trash } = await retention.usage();
  const storedBytes = live.bytes + trash.bytes + unwrittenBytes;
  const reasons = { pinned: live.pinned + trash.pinned, running: 0, warm: 0, young: 0, last: 0, trash: 0 };
  reasons.young = live.sessions - live.pinned;
  reasons.trash = trash.sessions - trash.pinned;
  await moveSpared(services, spare, reasons);
  const report: SessionsReport = {
    trashed: { sessions: 0, bytes: 0 },
    purged: { sessions: 0, bytes: 0 },
    purgedForSize: { sessions: 0, bytes: 0 },
    kept: { sessions: 0, bytes: storedBytes },
    reasons,
    storedBytes,
  };
  const excessBytes = storedBytes - (request.maxBytes ?? Infinity);
  for await (const step of retention.plan({ ...request, excessBytes, spare })) {
    const isTrash = step.action === 'trash';
    const sum = isTrash ? report.trashed : report.purged;
    const words = (): string => `${isTrash ? 'to the trash' : 'deleted'}: ${sum.sessions} sessions`;
    const rest = (): Promise<void> => pace.rest(words());
    const taken = request.isDryRun ? step.sessions : await carryOut(services, step, request.at, rest);
    for (const session of taken) await onTaken?.({ ...session, action: step.action });
    const bytes = taken.reduce((all, session) => all + session.bytes, 0);
    for (const tally of step.isForSize ? [sum, report.purgedForSize] : [sum]) {
      tally.sessions += taken.length;
      tally.bytes += bytes;
    }
    if (!isTrash) report.storedBytes -= bytes;
    if (step.from !== 'fresh') {
      report.kept.bytes -= bytes;
      reasons[step.from === 'live' ? 'young' : 'trash'] -= taken.length;
    }
    if (isTrash) {
      reasons.young -= step.kept;
      reasons.last += step.kept;
    }
    await rest();
  }
  for (const reason of Object.keys(reasons) as KeepReason[]) {
    // Sessions came and went meanwhile.
    reasons[reason] = Math.max(reasons[reason], 0);
    report.kept.sessions += reasons[reason];
  }
  return report;
}

/** Counts those that are spared for the reason that they are. */
async function moveSpared({ store }: GcServices, spare: Spare, reasons: GcReport['reasons']): Promise<void> {
  for (const [id, reason] of spare) {
    const session = await store.sessions.find(id);
    if (session === undefined || session.pinned) continue;
    reasons[session.trashedAt === null ? 'young' : 'trash']--;
    reasons[reason]++;
  }
}

/** Does what a step says; returns the sessions that it was done to. */
async function carryOut(
  services: GcServices,
  step: PlanStep,
  at: number,
  rest: () => Promise<void>,
): Promise<PlannedSession[]> {
  const { store, notice } = services;
  const applied = await store.retention.apply(step, at);
  if (step.action === 'trash') return applied;
  for (const session of applied) removeAgentFiles(services, session, ({ message }) => notice(message));
  const ids = applied.map(({ id }) => id);
  const purged = new Set(await purgeAll(store, ids, rest));
  return applied.filter(({ id }) => purged.has(id));
}
