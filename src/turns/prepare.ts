import { AGENT_DEFAULT_MODEL } from '../agents/agent.ts';
import type { Conversation } from '../agents/agent.ts';
import { findAgent } from '../agents/table.ts';
import type { McpConfig } from '../context/mcp-config.ts';
import { allowedToolRules, buildMcpConfig } from '../context/mcp-config.ts';
import { composePrompt } from '../context/prompt.ts';
import type { PromptSources } from '../context/prompt.ts';
import type { History } from '../context/replay.ts';
import { readNotes, readProjectPrompt } from '../context/project-notes.ts';
import { findStudies } from '../studies/study-folder.ts';
import { readStudy } from '../studies/study.ts';
import { findUnset } from '../model/references.ts';
import { VERSION } from '../version.ts';
import { readReplayed } from './continuity.ts';
import { asksUser } from './ask.ts';
import { briefAgent } from './agent-context.ts';
import type { Briefing } from './agent-context.ts';
import type { Session, TurnLimits } from '../model/model.ts';
import type { AgentContext, PromptParts } from '../model/agent-context.ts';
import type { Services } from './services.ts';

/** Everything that an agent is started with, as values. Nothing is written or started yet. */
export interface Preparation {
  program: readonly string[];
  env: Record<string, string>;
  briefing: Briefing;
  mcp: McpConfig;
  /**
   * A digest of everything that is fixed at an agent's start. A warm agent can be used for a turn of the same shape.
   */
  shape(): string;
  argv(conversation: Conversation): string[];
}

/** Options of a turn that are not stored. */
export interface UnstoredOptions {
  turnId: number;
  limits: TurnLimits;
  maxRetries: number | null;
  history: History | null;
  /** What the agent conversation was told before; null for a new one. */
  known: AgentContext | null;
}

/**
 * Composes what the agent of a turn is started with. Throws when a study, a context file or an MCP config is invalid.
 */
export async function prepareAgent(
  services: Services,
  session: Session,
  wishes: UnstoredOptions,
): Promise<Preparation> {
  const { paths, settings } = services;
  const mcp = await composeMcpConfig(services, session);
  const allowedTools = [...settings.permissions.user.allow, ...allowedToolRules(mcp.names)];
  const asks = wishes.limits.askTimeoutMs !== undefined;
  const now = await composeParts(services, session, { allowedTools, asks, history: wishes.history });
  const briefing = briefAgent(wishes.known, now);
  const agent = findAgent(session.agent);
  const program = agent.program({ command: settings.agents.claude.command, self: services.self });
  const env = agent.environment(services.env, {
    sessionId: session.id,
    turnId: wishes.turnId,
    mode: session.mode,
    root: session.root,
    study: session.study,
    home: paths.home,
    effort: session.effort,
    mcpConnectTimeoutMs: settings.mcp.connectTimeout,
    maxRetries: wishes.maxRetries,
  });
  noticeUnset(services, mcp, env);
  const { schema: wanted } = wishes.limits;
  const schema = wanted === undefined ? null : await agent.narrowSchema(wanted);
  const argv = (conversation: Conversation): string[] =>
    agent.argv({
      conversation,
      mcpConfigPath: paths.mcpConfig(session.id),
      systemPrompt: {
        path: paths.systemPrompt(session.id),
        kind: settings.systemPrompt.replace ? 'replace' : 'append',
      },
      isTrusted: settings.project.isTrusted,
      model: session.model ?? (conversation.kind === 'new' ? null : modelByDefault(wishes.known)),
      effort: session.effort,
      fallbackModel: session.fallbackModel,
      addedDirs: session.addedDirs,
      mode: session.mode,
      allowedTools,
      addedRules: session.allowedTools,
      asks,
      disallowedTools: settings.permissions[session.mode].deny,
      maxTurns: wishes.limits.maxTurns,
      maxBudgetUsd: wishes.limits.maxBudgetUsd,
      schema,
    });
  return {
    program,
    env,
    briefing,
    mcp,
    shape: () => {
      const start = argv({ kind: 'new', id: '' });
      return JSON.stringify([VERSION, program, start, lasting(env), mcp.document, briefing.prompt]);
    },
    argv,
  };
}

/**
 * The model for a conversation without a chosen model. It is named explicitly, because a resumed conversation would
 * otherwise lose the context window of its first model, or keep a model that was chosen before.
 */
function modelByDefault(known: AgentContext | null): string | null {
  return known && (known.model ?? AGENT_DEFAULT_MODEL);
}

/** Warns about `${VAR}` without a value. Claude starts such a server with the reference itself as the value. */
function noticeUnset({ notice }: Services, { document }: McpConfig, env: Record<string, string>): void {
  for (const [name, entry] of Object.entries(document.mcpServers))
    for (const variable of findUnset(entry, env))
      notice(`MCP server "${name}" refers to \${${variable}}, which is not set`);
}

/** Variables that differ between shells and don't matter to an agent. */
const PASSING =
  /^(_|PWD|OLDPWD|SHLVL|TERM|TERM_.*|COLORTERM|COLUMNS|LINES|WINDOWID|TMUX.*|STY|SSH_.*|XDG_SESSION_ID|CLAUDE_SESSION_TURN_ID)$/;

function lasting(env: Record<string, string>): [string, string][] {
  return Object.entries(env)
    .filter(([name]) => !PASSING.test(name))
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
}

/** The current parts of a session's prompt. */
async function composeParts(
  services: Pick<Services, 'settings'>,
  session: Session,
  { allowedTools, asks, history }: Pick<PromptSources, 'allowedTools' | 'asks' | 'history'>,
): Promise<PromptParts> {
  const { settings } = services;
  const { text, file } = settings.systemPrompt;
  const { readPromptFile } = await import('../context/prompt-file.ts');
  const fromFile = file === undefined ? undefined : readPromptFile(file, settings.context.maxFileBytes);
  const ownTexts = [text, fromFile, session.systemPrompt];
  return composePrompt({
    mode: session.mode,
    root: session.root,
    allowedTools,
    asks,
    studies: findStudies(session.root),
    study: session.study === null ? null : await readStudy(session.root, session.study),
    notes: settings.project.isTrusted ? null : readNotes(session.root),
    projectPrompt: readProjectPrompt(session.root, settings.project.prompt),
    attachments: session.attachments,
    systemPrompt: ownTexts.filter((each) => each != null).join('\n\n') || null,
    history,
    replayChars: settings.replay.maxChars,
  });
}

/** What the next turn of a session would tell its agent now. */
export async function previewBriefing(services: Services, session: Session): Promise<Briefing> {
  const { settings, store } = services;
  const { names } = await composeMcpConfig(services, session);
  const allowedTools = [...settings.permissions.user.allow, ...allowedToolRules(names)];
  const since = session.agentSinceTurn ?? Number.MAX_SAFE_INTEGER;
  const history = await readReplayed(store, session, since, settings.replay.messages);
  const asks = asksUser(session);
  return briefAgent(
    session.agentContext,
    await composeParts(services, session, { allowedTools, asks, history }),
  );
}

/** The MCP servers of a session. */
export async function composeMcpConfig(
  services: Pick<Services, 'paths' | 'settings' | 'self'>,
  session: Pick<Session, 'id' | 'root' | 'mode' | 'study' | 'mcpConfigs'>,
): Promise<McpConfig> {
  const { paths, settings, self } = services;
  return await buildMcpConfig({
    root: session.root,
    mode: session.mode,
    study: session.study,
    node: self[0],
    settings: { servers: settings.mcpServers, where: paths.config },
    files: session.mcpConfigs,
    isTrusted: settings.project.isTrusted,
    hasBuiltin: settings.mcp.builtin,
  });
}
