import path from 'node:path';
import { mcpToolName } from '../servers/server.ts';
import { runBuiltIn } from '../tools.ts';
import type { Turn } from '../turn.ts';
import { count, input, text, word } from './arguments.ts';
import { verb } from './verb.ts';
import type { Verb } from './verb.ts';

/** Verbs that call tools, as far as the session's permissions allow. */
export const TOOL_VERBS = {
  call: verb(
    [word('SERVER'), word('TOOL'), input],
    'calls a tool of an MCP server of the configuration, for real.',
    (turn, server, tool, given = {}) =>
      turn.useTool({
        name: mcpToolName(server, tool),
        input: given,
        meta: { display_name: tool, server_display_name: server },
        run: () => turn.machine.mcp.call(server, tool, given),
      }),
  ),
  bash: verb(
    [text('COMMAND')],
    'runs a shell command, for real, in a session and process group of its own.',
    (turn, command) => callBuiltIn(turn, 'Bash', { command, description: command }),
  ),
  read: verb([text('PATH')], 'reads a file.', (turn, file) =>
    callBuiltIn(turn, 'Read', { file_path: path.resolve(turn.machine.cwd, file) }),
  ),
  write: verb([word('PATH'), text('TEXT')], 'writes a file, for real.', (turn, file, content) =>
    callBuiltIn(turn, 'Write', { file_path: path.resolve(turn.machine.cwd, file), content }),
  ),
  deny: verb(
    [word('TOOL'), input],
    'calls a tool and is denied, whatever the rules say.',
    (turn, name, given = {}) => turn.useTool({ name, input: given }),
  ),
  loop: verb(
    [count('N')],
    'makes N model calls that each run a tool, to reach `--max-turns` or `--max-budget-usd`.',
    async (turn, times) => {
      for (let at = 0; at < times; at += 1)
        await callBuiltIn(turn, 'Bash', { command: 'true', description: 'loop' });
    },
  ),
} as const satisfies Record<string, Verb>;

function callBuiltIn(
  turn: Turn,
  name: 'Bash' | 'Read' | 'Write',
  given: Record<string, string>,
): Promise<void> {
  const { cwd, env } = turn.machine;
  const run = () => runBuiltIn(name, given, { cwd, env, signal: turn.signal });
  return turn.useTool({ name, input: given, run });
}
