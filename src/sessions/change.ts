import { resolve } from 'node:path';
import { SessionError } from '../errors.ts';
import { NO_AGENT_CONVERSATION } from '../model/model.ts';
import type { Effort, Session } from '../model/model.ts';
import type { Author } from '../model/session-change.ts';
import type { SessionChange } from '../store/session-store.ts';
import { checkAsk } from '../turns/ask.ts';
import { checkContext, keepMcpConfigs, readContextFiles } from './create.ts';
import { resolveAddedDirs, resolveRoot } from './directories.ts';
import { parseName, parseTags } from './names.ts';
import type { Services } from '../turns/services.ts';

/** What `set --clear` removes: for each name the option that it conflicts with, and the change of the session. */
const CLEARED = {
  name: { given: 'name', change: { name: null } },
  model: { given: 'model', change: { model: null } },
  effort: { given: 'effort', change: { effort: null } },
  'fallback-model': { given: 'fallbackModel', change: { fallbackModel: null } },
  'add-dir': { given: 'addedDirs', change: { addedDirs: [] } },
  'system-prompt': { given: 'systemPrompt', change: { systemPrompt: null } },
  context: { given: 'contextFiles', change: { attachments: [] } },
  'mcp-config': { given: 'mcpConfigs', change: { mcpConfigs: [] } },
  'budget-usd': { given: 'budgetUsd', change: { budgetUsd: null } },
  'allowed-tools': { given: null, change: { allowedTools: [] } },
} as const satisfies Record<string, { given: keyof ChangeRequest | null; change: object }>;

type Clearable = keyof typeof CLEARED;
export const CLEARABLE = Object.keys(CLEARED) as Clearable[];

/** The new values of a session, from its next turn on. What is left out does not change. */
export interface ChangeRequest {
  name?: string | undefined;
  root?: string | undefined;
  model?: string | undefined;
  effort?: Effort | undefined;
  fallbackModel?: string | undefined;
  addedDirs?: readonly string[] | undefined;
  systemPrompt?: string | undefined;
  contextFiles?: readonly string[] | undefined;
  mcpConfigs?: readonly string[] | undefined;
  warm?: boolean | undefined;
  ask?: boolean | undefined;
  pinned?: boolean | undefined;
  tags?: readonly string[] | undefined;
  untag?: readonly string[] | undefined;
  budgetUsd?: number | undefined;
  clear?: readonly Clearable[] | undefined;
}

/**
 * Changes a session atomically, after the same checks as `new`. Its agent is told at its next turn.
 *
 * With another root the conversation continues by replay, because the agent stores its conversations by directory.
 * Throws USAGE for an invalid change, and NO_SESSION when the session was deleted meanwhile.
 */
export async function changeSession(
  services: Services,
  session: Session,
  request: ChangeRequest,
  cwd: string,
  author: Author,
): Promise<Session> {
  const { store } = services;
  const change = await buildChange(services, session, request, cwd);
  if (change.root !== undefined || change.mcpConfigs !== undefined)
    await checkContext(services, { ...session, ...change });
  requireThere(session.id, await store.sessions.change(session.id, change, author));
  const changed = await store.sessions.find(session.id);
  requireThere(session.id, changed !== undefined);
  return changed!;
}

/** Throws NO_SESSION when the session no longer exists. */
export function requireThere(id: string, isThere: boolean): void {
  if (!isThere) throw new SessionError('NO_SESSION', `Session ${id} was deleted meanwhile.`);
}

async function buildChange(
  { settings }: Services,
  session: Session,
  request: ChangeRequest,
  cwd: string,
): Promise<SessionChange> {
  const { name, root, contextFiles, mcpConfigs } = request;
  checkAsk(request.ask, session);
  const cleared = clear(request);
  const change: SessionChange = {
    ...cleared,
    ...(name !== undefined && { name: parseName(name) }),
    ...(request.model !== undefined && { model: request.model }),
    ...(request.effort !== undefined && { effort: request.effort }),
    ...(request.fallbackModel !== undefined && { fallbackModel: request.fallbackModel }),
    ...(request.addedDirs !== undefined && { addedDirs: resolveAddedDirs(request.addedDirs, cwd) }),
    ...(request.systemPrompt !== undefined && { systemPrompt: request.systemPrompt }),
    ...(request.warm !== undefined && { warm: request.warm }),
    ...(request.ask !== undefined && { ask: request.ask }),
    ...(request.pinned !== undefined && { pinned: request.pinned }),
    ...(request.budgetUsd !== undefined && { budgetUsd: request.budgetUsd }),
    ...changeTags(request.tags, request.untag),
  };
  if (contextFiles !== undefined)
    change.attachments = await readContextFiles(contextFiles, settings.context.maxFileBytes, cwd);
  if (mcpConfigs !== undefined) change.mcpConfigs = await keepMcpConfigs(mcpConfigs, cwd);
  const newRoot = root === undefined ? session.root : resolveRoot(resolve(cwd, root));
  return newRoot === session.root ? change : { ...change, root: newRoot, ...NO_AGENT_CONVERSATION };
}

function changeTags(
  tags: ChangeRequest['tags'],
  untag: readonly string[] = [],
): Pick<SessionChange, 'addTags' | 'removeTags'> {
  const addTags = parseTags([...(tags ?? [])]);
  const both = untag.find((key) => Object.hasOwn(addTags, key));
  if (both !== undefined)
    throw new SessionError('USAGE', `The tag "${both}" is both added and removed.`, {
      hint: 'Leave one of them out.',
    });
  return { ...(tags && { addTags }), ...(untag.length > 0 && { removeTags: untag }) };
}

/** The change for `--clear`. Throws USAGE for a value that is both set and cleared. */
function clear(request: ChangeRequest): SessionChange {
  const words = request.clear ?? [];
  const both = words.find((word) => {
    const { given } = CLEARED[word];
    return given !== null && request[given] !== undefined;
  });
  if (both !== undefined)
    throw new SessionError('USAGE', `--${both} is both given and cleared.`, {
      hint: 'Leave one of them out.',
    });
  return Object.assign({}, ...words.map((word) => CLEARED[word].change)) as SessionChange;
}
