import type { Mode, Session } from '../model/model.ts';
import { CLEARABLE, changeSession } from '../sessions/change.ts';
import type { ChangeRequest } from '../sessions/change.ts';
import { switchMode } from '../sessions/mode.ts';
import { switchStudy } from '../sessions/study.ts';
import { author } from './author.ts';
import type { Context } from './context.ts';

export { CLEARABLE };
export type { ChangeRequest };

/** A session before a change, and after it. */
export interface Changed {
  before: Session;
  after: Session;
}

/** Changes a session atomically. Throws USAGE for an invalid change. */
export async function changeSelected(
  context: Context,
  selector: string,
  request: ChangeRequest,
): Promise<Changed> {
  const before = await context.select(selector, 'write');
  const services = await context.services(before.root);
  return { before, after: await changeSession(services, before, request, context.place.cwd, author()) };
}

/** A switch of the mode, and the running turn, which keeps the mode before. */
export interface ModeSwitched extends Changed {
  runningTurnId: number | null;
}

/** Switches the mode from the next turn on. Throws POWER_FORBIDDEN. */
export async function switchModeOf(context: Context, selector: string, mode: Mode): Promise<ModeSwitched> {
  const before = await context.select(selector, 'write');
  const services = await context.services(before.root);
  await switchMode(services, before, mode, author());
  const running = (await services.store.turns.open(before.id)).find(({ status }) => status === 'running');
  return { before, after: { ...before, mode }, runningTurnId: running?.id ?? null };
}

/** Sets a session's study, or none, for its next turn. Throws STUDY_INVALID. */
export async function switchStudyOf(
  context: Context,
  selector: string,
  study: string | null,
): Promise<Changed> {
  const before = await context.select(selector, 'write');
  await switchStudy(await context.services(before.root), before, study, author());
  return { before, after: { ...before, study } };
}
