import { resolve } from 'node:path';
import { SessionError } from '../errors.ts';
import type { AgentName, Effort, Mode, Session } from '../model/model.ts';
import { buildSession, checkContext, createSession } from '../sessions/create.ts';
import { resolveRoot } from '../sessions/directories.ts';
import { checkAsk } from '../turns/ask.ts';
import { noticeLeftOut } from '../turns/left-out.ts';
import { requirePower } from '../turns/power.ts';
import type { Store } from '../store/store.ts';
import type { Context } from './context.ts';

const MOST_TRASHED = 100;

/** What a session is to have; what is left out is as the settings have it. */
export interface CreateRequest {
  /** Unique under the root. */
  name?: string | undefined;
  /** With a name: the session that has it already is taken, where there is one. */
  ifMissing?: boolean | undefined;
  mode?: Mode | undefined;
  /** The directory that the agent works in; the current one without. */
  root?: string | undefined;
  /** A study below `<root>/studies` to give as context. */
  study?: string | undefined;
  agent?: AgentName | undefined;
  model?: string | undefined;
  /** How hard the agent is to think. */
  effort?: Effort | undefined;
  /** Models for when that one is overloaded, parted by commas. */
  fallbackModel?: string | undefined;
  /** Directories that the agent may use beside the root. */
  addedDirs?: string[] | undefined;
  /** Added to the agent's own system prompt. */
  systemPrompt?: string | undefined;
  /** Files whose texts are attached to the system prompt, as they are now. */
  contextFiles?: string[] | undefined;
  /** MCP servers to attach: files, or JSON. */
  mcpConfigs?: string[] | undefined;
  /** The most that the session may ever cost. */
  budgetUsd?: number | undefined;
  /** `key=value` or `key`. */
  tags?: string[] | undefined;
  /** Keeps the agent process up between turns. */
  warm?: boolean | undefined;
  /** Lets tool calls that nothing allows wait for an answer, instead of denying them. */
  ask?: boolean | undefined;
  /** Never collected by gc. */
  pinned?: boolean | undefined;
}

/** The directory that a request means, which has to be there. */
export function resolveRequestedRoot({ place }: Context, root: string | undefined): string {
  return resolveRoot(resolve(place.cwd, root ?? '.'));
}

/** One that gc has put into the trash is easily taken for the one that is created in its place. */
async function noticeTrashed(context: Context, { id, name, root }: Session, store: Store): Promise<void> {
  if (name === null) return;
  const trashed = await store.sessions.findTrashedByName(name, MOST_TRASHED);
  const old = trashed.find((each) => each.root === root);
  if (old !== undefined)
    context.notice(
      `${id} is a new session; the one that had the name "${name}" is in the trash, bring it back with "session rm ${id} && session restore ${old.id}"`,
    );
}

/** Creates a session, or with `ifMissing` finds the one of that name. Throws USAGE where that one is in another mode. */
export async function createFromRequest(context: Context, request: CreateRequest): Promise<Session> {
  const { cwd } = context.place;
  const root = resolveRequestedRoot(context, request.root);
  const services = await context.services(root);
  noticeLeftOut(root, services);
  const { settings, store } = services;
  const mode = request.mode ?? settings.mode;
  requirePower(mode, settings);
  checkAsk(request.ask, { mode });
  const session = await buildSession(
    {
      name: request.name,
      mode,
      root,
      study: request.study,
      agent: request.agent ?? settings.agent,
      model: request.model ?? settings.model,
      effort: request.effort,
      fallbackModel: request.fallbackModel,
      addedDirs: request.addedDirs ?? [],
      systemPrompt: request.systemPrompt,
      contextFiles: request.contextFiles ?? [],
      maxFileBytes: settings.context.maxFileBytes,
      mcpConfigs: request.mcpConfigs ?? [],
      warm: request.warm ?? settings.warm,
      ask: request.ask ?? false,
      pinned: request.pinned ?? false,
      tags: request.tags ?? [],
      budgetUsd: request.budgetUsd ?? settings.budgetUsd,
    },
    cwd,
  );
  await checkContext(services, session);
  const id = await createSession(store, session, request.ifMissing ?? false);
  const created = (await store.sessions.find(id))!;
  if (id === session.id) await noticeTrashed(context, created, store);
  if (request.mode !== undefined && created.mode !== request.mode)
    throw new SessionError(
      'USAGE',
      `Session ${id} of that name is in ${created.mode} mode, not in ${request.mode} mode.`,
      {
        hint: `Switch it with "session mode ${id} ${request.mode}", or leave --mode out.`,
      },
    );
  return created;
}
