import { resolve } from 'node:path';
import { readAttachments } from '../context/attachments.ts';
import { keepMcpConfig } from '../context/mcp-config-file.ts';
import { SessionError } from '../errors.ts';
import type { Session } from '../model/model.ts';
import type { SessionChange } from '../store/store.ts';
import { checkContext, resolveRoot } from './create.ts';
import { parseName, parseTags } from './names.ts';
import type { Services } from '../turns/services.ts';

/** What `set --clear` takes away. */
export const CLEARABLE = ['name', 'model', 'system-prompt', 'context', 'mcp-config', 'budget-usd'] as const;

/** What a session is to have from its next turn on; what is left out stays. */
export interface ChangeRequest {
  name?: string | undefined;
  root?: string | undefined;
  model?: string | undefined;
  systemPrompt?: string | undefined;
  contextFiles?: readonly string[] | undefined;
  mcpConfigs?: readonly string[] | undefined;
  warm?: boolean | undefined;
  pinned?: boolean | undefined;
  tags?: readonly string[] | undefined;
  untag?: readonly string[] | undefined;
  budgetUsd?: number | undefined;
  clear?: readonly (typeof CLEARABLE)[number][] | undefined;
}

/**
 * Changes a session, wholly or not at all, after the checks that `new` makes. Its agent hears of it at its next turn.
 *
 * With another root the agent conversation goes on by replay, since the agent keeps its own by the directory.
 * Throws USAGE for no change, NO_SESSION where it was deleted meanwhile.
 */
export async function changeSession(
  services: Services,
  session: Session,
  request: ChangeRequest,
  cwd: string,
): Promise<Session> {
  const { store } = services;
  const change = await buildChange(services, session, request, cwd);
  if (Object.keys(change).length === 0)
    throw new SessionError('USAGE', 'There is nothing to change.', {
      hint: 'See the options with "session set --help".',
    });
  await checkContext(services, { ...session, ...change });
  const changed = (await store.changeSession(session.id, change))
    ? await store.findSession(session.id)
    : undefined;
  if (changed === undefined)
    throw new SessionError('NO_SESSION', `Session ${session.id} was deleted meanwhile.`);
  return changed;
}

async function buildChange(
  { settings }: Services,
  session: Session,
  request: ChangeRequest,
  cwd: string,
): Promise<SessionChange> {
  const { name, root, contextFiles, mcpConfigs, tags, untag = [] } = request;
  const cleared = clear(request);
  const change: SessionChange = {
    ...cleared,
    ...(name !== undefined && { name: parseName(name) }),
    ...(request.model !== undefined && { model: request.model }),
    ...(request.systemPrompt !== undefined && { systemPrompt: request.systemPrompt }),
    ...(request.warm !== undefined && { warm: request.warm }),
    ...(request.pinned !== undefined && { pinned: request.pinned }),
    ...(request.budgetUsd !== undefined && { budgetUsd: request.budgetUsd }),
  };
  if (contextFiles !== undefined)
    change.attachments = await readAttachments(
      contextFiles.map((file) => resolve(cwd, file)),
      settings.context.maxFileBytes,
    );
  if (mcpConfigs !== undefined)
    change.mcpConfigs = await Promise.all(mcpConfigs.map((given) => keepMcpConfig(given, cwd)));
  if (tags !== undefined || untag.length > 0) {
    const kept = Object.entries(session.tags).filter(([key]) => !untag.includes(key));
    change.tags = { ...Object.fromEntries(kept), ...parseTags([...(tags ?? [])]) };
  }
  const newRoot = root === undefined ? session.root : resolveRoot(resolve(cwd, root));
  if (newRoot !== session.root)
    Object.assign(change, {
      root: newRoot,
      agentSessionId: null,
      agentSinceTurn: null,
      agentContext: null,
      agentSpent: null,
      fork: null,
    } satisfies SessionChange);
  return change;
}

/** What is both set and cleared is a mistake. */
function clear(request: ChangeRequest): SessionChange {
  const given: Record<(typeof CLEARABLE)[number], unknown> = {
    name: request.name,
    model: request.model,
    'system-prompt': request.systemPrompt,
    context: request.contextFiles,
    'mcp-config': request.mcpConfigs,
    'budget-usd': request.budgetUsd,
  };
  const empty: Record<(typeof CLEARABLE)[number], SessionChange> = {
    name: { name: null },
    model: { model: null },
    'system-prompt': { systemPrompt: null },
    context: { attachments: [] },
    'mcp-config': { mcpConfigs: [] },
    'budget-usd': { budgetUsd: null },
  };
  const words = request.clear ?? [];
  const both = words.find((word) => given[word] !== undefined);
  if (both !== undefined)
    throw new SessionError('USAGE', `--${both} is both given and cleared.`, {
      hint: 'Leave one of them out.',
    });
  return Object.assign({}, ...words.map((word) => empty[word])) as SessionChange;
}
