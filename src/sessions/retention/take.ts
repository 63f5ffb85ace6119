import type { GcRecord, GcSessionRecord } from '../../model/records.ts';
import { toTime } from '../../model/to-record.ts';
import type { PlannedSession, PlanRequest, PlanStep } from '../../store/retention-store.ts';
import type { Services } from '../../turns/services.ts';
import type { Pace } from './pace.ts';
import { purgeAll, removeAgentFiles } from './remove.ts';

/** Callbacks for the progress of gc. */
export interface GcWatch {
  pace: Pace;
  /** Called for each session that was trashed or purged, in order. */
  onTaken?: (session: GcSessionRecord) => Promise<void>;
}

export type GcServices = Pick<Services, 'store' | 'paths' | 'env' | 'notice'>;

/** Sessions that must not be changed, by id, with the reason. */
export type Spare = Map<string, 'running' | 'warm' | 'young'>;

export interface TakeRequest extends Omit<PlanRequest, 'excessBytes'> {
  spare: Spare;
  /** The limit of the size of all sessions. */
  maxBytes: number | undefined;
  /** Bytes to add to the stored size. */
  unwrittenBytes: number;
  /** Changes nothing, and reports exactly what a real run would do. */
  isDryRun: boolean;
}

type Taken = Pick<GcRecord, 'trashed' | 'purged' | 'purged_for_size' | 'kept' | 'stored_bytes'>;

/**
 * Trashes and purges sessions, and counts all of them: those that were taken, and the others by the reason why they
 * were kept.
 */
export async function takeSessions(
  services: GcServices,
  request: TakeRequest,
  { pace, onTaken }: GcWatch,
): Promise<Taken> {
  const { retention } = services.store;
  const { live, trash } = await retention.usage();
  const bytes = live.bytes + trash.bytes + request.unwrittenBytes;
  const reasons = {
    pinned: live.pinned + trash.pinned,
    running: 0,
    warm: 0,
    young: live.sessions - live.pinned,
    last: 0,
    trash: trash.sessions - trash.pinned,
  };
  await moveSpared(services, request.spare, reasons);
  const none = { sessions: 0, bytes: 0 };
  const taken = { trashed: { ...none }, purged: { ...none }, purged_for_size: { ...none } };
  const kept = { sessions: 0, bytes, reasons };
  for await (const step of retention.plan({
    ...request,
    excessBytes: bytes - (request.maxBytes ?? Infinity),
  })) {
    const isTrash = step.action === 'trash';
    const sum = isTrash ? taken.trashed : taken.purged;
    const rest = (): Promise<void> =>
      pace.rest(`${isTrash ? 'to the trash' : 'deleted'}: ${sum.sessions} sessions`);
    const sessions = request.isDryRun ? step.sessions : await carryOut(services, step, request.at, rest);
    for (const session of sessions) {
      await onTaken?.(toRecord(session, step.action));
      for (const tally of step.isForSize ? [sum, taken.purged_for_size] : [sum]) {
        tally.sessions++;
        tally.bytes += session.bytes;
      }
      if (step.from === 'fresh') continue;
      kept.bytes -= session.bytes;
      reasons[step.from === 'live' ? 'young' : 'trash']--;
    }
    if (isTrash) {
      reasons.young -= step.kept;
      reasons.last += step.kept;
    }
    await rest();
  }
  for (const reason of Object.keys(reasons) as (keyof typeof reasons)[]) {
    // Other processes may have added and removed sessions meanwhile.
    reasons[reason] = Math.max(reasons[reason], 0);
    kept.sessions += reasons[reason];
  }
  return { ...taken, kept, stored_bytes: bytes - taken.purged.bytes };
}

function toRecord(session: PlannedSession, action: PlanStep['action']): GcSessionRecord {
  const { id, name, root, bytes, lastActiveAt } = session;
  return {
    type: 'gc_session',
    action,
    session_id: id,
    name,
    root,
    bytes,
    last_active_at: toTime(lastActiveAt),
  };
}

/** Counts the spared sessions under their reasons. */
async function moveSpared(
  { store }: GcServices,
  spare: Spare,
  reasons: GcRecord['kept']['reasons'],
): Promise<void> {
  for (const [id, reason] of spare) {
    const session = await store.sessions.find(id);
    if (session === undefined || session.pinned) continue;
    reasons[session.trashedAt === null ? 'young' : 'trash']--;
    reasons[reason]++;
  }
}

/** Executes a step of the plan. Returns the sessions that were changed. */
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
