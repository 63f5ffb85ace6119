import { type Dirent, existsSync, lstatSync, readdirSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import type { AgentName } from '../../model/model.ts';
import { SessionError, systemCode } from '../../errors.ts';
import { UUID } from '../../text/uuid.ts';

/** Folders of claude, besides those of the projects, whose entries are named by the id of a conversation. */
const BY_ID = ['session-env', 'file-history', 'tasks'];

interface Where {
  /** The environment the agent had. */
  env: Readonly<Record<string, string | undefined>>;
  /** Where the mock agent keeps its transcripts. */
  mockFolder: string;
}

/**
 * Removes everything that an agent keeps of a conversation: the transcript `<id>.jsonl` in any of its project folders,
 * and files elsewhere with the same id. Returns the number of transcripts removed. Calls `onFailure` for what could not
 * be removed.
 */
export function removeTranscript(
  agent: AgentName,
  agentSessionId: string,
  where: Where,
  onFailure: (failure: SessionError) => void,
): number {
  if (!UUID.test(agentSessionId)) return 0;
  const remove = (file: string): boolean => removeFile(file, onFailure);
  const folder = agent === 'mock' ? where.mockFolder : claudeProjects(where.env);
  const projects = listFolders(folder);
  if (agent === 'claude') {
    const others = BY_ID.map((name) => path.join(claudeHome(where.env), name));
    for (const place of [...projects, ...others, ...listFolders(claudeScratch(where.env))])
      remove(path.join(place, agentSessionId));
    // Earlier versions of claude have a separate file for the list of each agent.
    const todos = path.join(claudeHome(where.env), 'todos');
    for (const name of listNames(todos))
      if (name.startsWith(`${agentSessionId}-agent-`)) remove(path.join(todos, name));
  }
  return projects.filter((project) => remove(path.join(project, `${agentSessionId}.jsonl`))).length;
}

/** Whether an agent that works in a root can resume the conversation. */
export function hasTranscript(agent: AgentName, agentSessionId: string, root: string, where: Where): boolean {
  if (!UUID.test(agentSessionId)) return false;
  const [folder, project] =
    agent === 'mock'
      ? [where.mockFolder, '']
      : [claudeProjects(where.env), root.replaceAll(/[^A-Za-z0-9]/g, '-')];
  const folders = agent === 'mock' ? listFolders(folder) : [path.join(folder, project)];
  return folders.some((each) => existsSync(path.join(each, `${agentSessionId}.jsonl`)));
}

/** The path of an agent's transcript of a conversation, for a root; undefined for an invalid id. */
export function transcriptPath(
  agent: AgentName,
  agentSessionId: string,
  root: string,
  { env, mockFolder }: Where,
): string | undefined {
  if (!UUID.test(agentSessionId)) return undefined;
  const folder = agent === 'mock' ? mockFolder : claudeProjects(env);
  return path.join(folder, root.replaceAll(/[^A-Za-z0-9]/g, '-'), `${agentSessionId}.jsonl`);
}

/** Where claude keeps its transcripts, a folder for each working directory. */
function claudeProjects(env: Where['env']): string {
  return path.join(claudeHome(env), 'projects');
}

function claudeHome(env: Where['env']): string {
  return env['CLAUDE_CONFIG_DIR'] || path.join(env['HOME'] || homedir(), '.claude');
}

/** Where claude stores the output of its tools, also with a folder for each working directory. */
function claudeScratch(env: Where['env']): string {
  return path.join(env['CLAUDE_CODE_TMPDIR'] || env['TMPDIR'] || '/tmp', `claude-${process.getuid?.() ?? 0}`);
}

function listFolders(folder: string): string[] {
  return listNames(folder, (entry) => entry.isDirectory()).map((name) => path.join(folder, name));
}

function listNames(folder: string, isMeant: (entry: Dirent) => boolean = () => true): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter(isMeant)
      .map(({ name }) => name);
  } catch {
    return [];
  }
}

/** Removes a file, or a directory with its content. False when there is none, or when it can't be removed. */
function removeFile(file: string, onFailure: (failure: SessionError) => void): boolean {
  try {
    if (lstatSync(file, { throwIfNoEntry: false }) === undefined) return false;
    rmSync(file, { recursive: true });
    return true;
  } catch (cause) {
    const reason = systemCode(cause) ?? String(cause);
    onFailure(new SessionError('AGENT_FAILED', `${file} could not be removed (${reason}).`, { cause }));
    return false;
  }
}
