import { resolve } from 'node:path';
import { readAttachments } from '../context/attachments.ts';
import { keepMcpConfig } from '../context/mcp-config-file.ts';
import { selectStudy } from '../studies/study-folder.ts';
import { SessionError } from '../errors.ts';
import type { Store } from '../store/store.ts';
import type { NewSession } from '../store/session-store.ts';
import { newSessionId } from '../system/random-ids.ts';
import { NEW_SESSION } from '../model/model.ts';
import type { AgentName, Attachment, Effort, Mode } from '../model/model.ts';
import { composeMcpConfig } from '../turns/prepare.ts';
import { resolveAddedDirs } from './directories.ts';
import { parseName, parseTags } from './names.ts';
import type { Services } from '../turns/services.ts';

/** The options of `new`. What is left out has the value of the settings. */
export interface SessionRequest {
  name: string | undefined;
  mode: Mode;
  /** As `resolveRoot` returns it. */
  root: string;
  study: string | undefined;
  agent: AgentName;
  model: string | undefined;
  effort: Effort | undefined;
  fallbackModel: string | undefined;
  addedDirs: string[];
  systemPrompt: string | undefined;
  contextFiles: string[];
  /** The size limit of one context file. */
  maxFileBytes: number;
  mcpConfigs: string[];
  warm: boolean;
  ask: boolean;
  pinned: boolean;
  tags: string[];
  budgetUsd: number | undefined;
}

/** Checks a request and builds the session, without storing it. */
export async function buildSession(request: SessionRequest, cwd: string): Promise<NewSession> {
  return {
    ...NEW_SESSION,
    id: newSessionId(),
    name: request.name === undefined ? null : parseName(request.name),
    mode: request.mode,
    root: request.root,
    study: request.study ?? null,
    agent: request.agent,
    model: request.model ?? null,
    effort: request.effort ?? null,
    fallbackModel: request.fallbackModel ?? null,
    addedDirs: resolveAddedDirs(request.addedDirs, cwd),
    systemPrompt: request.systemPrompt ?? null,
    attachments: await readContextFiles(request.contextFiles, request.maxFileBytes, cwd),
    mcpConfigs: await keepMcpConfigs(request.mcpConfigs, cwd),
    warm: request.warm,
    ask: request.ask,
    pinned: request.pinned,
    tags: parseTags(request.tags),
    budgetUsd: request.budgetUsd ?? null,
    createdAt: Date.now(),
  };
}

/** What is stored for `--context`: the current texts of the files. */
export async function readContextFiles(
  files: readonly string[],
  maxBytes: number,
  cwd: string,
): Promise<Attachment[]> {
  return await readAttachments(
    files.map((file) => resolve(cwd, file)),
    maxBytes,
  );
}

/** What is stored for `--mcp-config`. */
export async function keepMcpConfigs(given: readonly string[], cwd: string): Promise<string[]> {
  return await Promise.all(given.map((each) => keepMcpConfig(each, cwd)));
}

/** Checks a session's study and MCP servers before it is stored. Throws the same errors as its first turn. */
export async function checkContext(services: Services, session: NewSession): Promise<void> {
  if (session.study !== null) selectStudy(session.root, session.study);
  await composeMcpConfig(services, session);
}

/**
 * Stores a session, and resolves to its id. With `ifMissing`, a live session with this name and root is used instead.
 */
export async function createSession(store: Store, session: NewSession, ifMissing: boolean): Promise<string> {
  if (ifMissing) {
    const { name } = session;
    if (name === null)
      throw new SessionError('USAGE', '--if-missing needs --name.', { hint: 'Add --name NAME.' });
    return await store.sessions.insertIfMissing({ ...session, name });
  }
  try {
    await store.sessions.insert(session);
  } catch (error) {
    if (!(error instanceof SessionError) || error.code !== 'USAGE') throw error;
    const hint = 'Choose another name, or use --if-missing to get that session.';
    throw new SessionError('USAGE', error.message, { hint, cause: error });
  }
  return session.id;
}
