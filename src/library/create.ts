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

const MAX_TRASHED = 100;

/** The options of a new session. What is left out comes from the settings. */
export interface CreateRequest {
  /** Unique under the root. */
  name?: string | undefined;
  /** With a name: uses the session that has it already, if there is one. */
  ifMissing?: boolean | undefined;
  mode?: Mode | undefined;
  /** The directory that the agent works in; by default the current one. */
  root?: string | undefined;
  /** A study below `<root>/studies` to give as context. */
  study?: string | undefined;
  agent?: AgentName | undefined;
  model?: string | undefined;
  /** The effort of the agent's reasoning. */
  effort?: Effort | undefined;
  /** Models to use when the first is overloaded, separated by commas. */
  fallbackModel?: string | undefined;
  /** Directories outside the root that the agent may use. */
  addedDirs?: string[] | undefined;
  /** Appended to the agent's own system prompt. */
  systemPrompt?: string | undefined;
  /** Files whose current texts are attached to the system prompt. */
  contextFiles?: string[] | undefined;
  /** MCP servers to attach: files, or JSON. */
  mcpConfigs?: string[] | undefined;
  /** The limit of the session's total cost. */
  budgetUsd?: number | undefined;
  /** `key=value` or `key`. */
  tags?: string[] | undefined;
  /** Keeps the agent process running between turns. */
  warm?: boolean | undefined;
  /** Lets tool calls that nothing allows wait for an answer, instead of denying them. */
  ask?: boolean | undefined;
  /** Exclude it from gc. */
  pinned?: boolean | undefined;
}

/** The directory of a request, which must exist. */
export function resolveRequestedRoot({ place }: Context, root: string | undefined): string {
  return resolveRoot(resolve(place.cwd, root ?? '.'));
}

/** Prints a notice when a session with this name is in the trash, because users may expect its history. */
async function noticeTrashed(context: Context, { id, name, root }: Session, store: Store): Promise<void> {
  if (name === null) return;
  const trashed = await store.sessions.findTrashedByName(name, MAX_TRASHED);
  const old = trashed.find((each) => each.root === root);
  if (old !== undefined)
    context.notice(
      `${id} is a new session; the one that had the name "${name}" is in the trash, bring it back with "session rm ${id} && session restore ${old.id}"`,
    );
}

/** Creates a session, or with `ifMissing` finds the one with that name. Throws USAGE when that one has another mode. */
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
