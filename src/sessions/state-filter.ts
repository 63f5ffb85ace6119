import { findWarmHost } from '../agents/process/warm-info.ts';
import type { SessionFilter } from '../store/session-store.ts';
import type { SessionState } from '../model/model.ts';
import { listRunDirectories } from '../turns/run-files.ts';
import type { Services } from '../turns/services.ts';

/**
 * A filter of the store for the sessions in a state. Running and warm sessions are known from a few rows and files, so
 * that no other session is read.
 */
export async function filterByState(
  { store, paths }: Pick<Services, 'store' | 'paths'>,
  state: SessionState,
): Promise<Pick<SessionFilter, 'trash' | 'ids' | 'exceptIds'>> {
  if (state === 'trashed') return { trash: 'trashed' };
  const running = new Set((await store.turns.open()).map(({ sessionId }) => sessionId));
  if (state === 'running') return { trash: 'live', ids: [...running] };
  const warm = listRunDirectories(paths).filter(
    (id) => !running.has(id) && findWarmHost(paths.warmInfo(id)) !== undefined,
  );
  if (state === 'warm') return { trash: 'live', ids: warm };
  return { trash: 'live', exceptIds: [...running, ...warm] };
}
