import { selectStudy } from '../studies/study-folder.ts';
import type { Session } from '../model/model.ts';
import type { Author } from '../model/session-change.ts';
import type { Services } from '../turns/services.ts';
import { requireThere } from './change.ts';
import { closeIdleWarm } from '../turns/warm.ts';

/**
 * Sets a session's study, or none, for its next turn. Throws STUDY_INVALID.
 *
 * An idle warm agent is ended, because its environment and its MCP servers have the old study.
 */
export async function switchStudy(
  services: Services,
  session: Session,
  study: string | null,
  author: Author,
): Promise<void> {
  if (study !== null) selectStudy(session.root, study);
  requireThere(session.id, await services.store.sessions.change(session.id, { study }, author));
  if (study !== session.study) await closeIdleWarm(services, session);
}
