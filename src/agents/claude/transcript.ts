import { existsSync, readdirSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import type { AgentName } from '../../model/model.ts';
import { SessionError, systemCode } from '../../errors.ts';

/** What agents call their conversations; anything else must not become part of a path. */
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

interface Where {
  /** The environment the agent had. */
  env: Readonly<Record<string, string | undefined>>;
  /** Where the mock agent keeps its transcripts. */
  mockFolder: string;
}

/**
 * Removes the file in which an agent keeps a conversation: `<id>.jsonl` below one of its project folders, wherever the
 * root was then. Nothing else is touched, and where there is no such file, nothing is. Returns how many were removed.
 */
export function removeTranscript(agent: AgentName, agentSessionId: string, where: Where): number {
  if (!UUID.test(agentSessionId)) return 0;
  const folder = agent === 'mock' ? where.mockFolder : claudeProjects(where.env);
  return listFolders(folder).filter((project) => removeFile(path.join(project, `${agentSessionId}.jsonl`)))
    .length;
}

/** Whether an agent that works in a root would find its conversation again. */
export function hasTranscript(agent: AgentName, agentSessionId: string, root: string, where: Where): boolean {
  if (!UUID.test(agentSessionId)) return false;
  const [folder, project] =
    agent === 'mock'
      ? [where.mockFolder, '']
      : [claudeProjects(where.env), root.replaceAll(/[^A-Za-z0-9]/g, '-')];
  const folders = agent === 'mock' ? listFolders(folder) : [path.join(folder, project)];
  return folders.some((each) => existsSync(path.join(each, `${agentSessionId}.jsonl`)));
}

/** Where claude keeps its transcripts, a folder for each working directory. */
function claudeProjects(env: Where['env']): string {
  const own = env['CLAUDE_CONFIG_DIR'] || path.join(env['HOME'] || homedir(), '.claude');
  return path.join(own, 'projects');
}

function listFolders(folder: string): string[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => path.join(folder, name));
  } catch {
    return [];
  }
}

function removeFile(file: string): boolean {
  try {
    rmSync(file);
    return true;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return false;
    throw new SessionError(
      'AGENT_FAILED',
      `${file} could not be removed (${systemCode(error) ?? String(error)}).`,
      {
        cause: error,
      },
    );
  }
}
