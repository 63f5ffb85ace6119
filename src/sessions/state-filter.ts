import { findWarmHost } from '../agents/process/warm-info.ts';
import type { SessionFilter } from '../store/session-store.ts';
import type { SessionState } from '../model/model.ts';
import { listRunDirectories } from '../turns/run-files.ts';
import type { Services } from '../turns/services.ts';

/**
 * The sessions in a state, as a filter of the store. What runs and what is warm is known from few rows and files, so
 * that however many sessions there are, none has to be looked at.
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
