import path from 'node:path';
import type { ToolAnswer } from '../servers/contract.ts';
import { runBash } from './bash.ts';
import { editTool, readTool, writeTool } from './files.ts';

type ToolInput = Record<string, unknown>;

interface Surroundings {
  cwd: string;
  env: Record<string, string | undefined>;
  signal: AbortSignal;
}

/** What claude's own tools do, as far as the mock has them; any other tool does nothing and says so. */
export async function runBuiltIn(tool: string, input: ToolInput, around: Surroundings): Promise<ToolAnswer> {
  const field = (name: string): string => String(input[name] ?? '');
  const file = path.resolve(around.cwd, field('file_path'));
  try {
    switch (tool) {
      case 'Bash':
        return await runBash(field('command'), around);
      case 'Read':
        return readTool(file);
      case 'Write':
        return writeTool(file, field('content'));
      case 'Edit':
        return editTool(file, field('old_string'), field('new_string'));
      default:
        return { content: `The mock agent has no ${tool}: nothing was done.`, detail: '' };
    }
  } catch (error) {
    around.signal.throwIfAborted();
    const { message } = error as Error;
    return { content: message, isError: true, detail: `Error: ${message}` };
  }
}
