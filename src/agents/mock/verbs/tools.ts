import path from 'node:path';
import { mcpToolName } from '../mcp.ts';
import { runBuiltIn } from '../tools.ts';
import type { Turn } from '../turn.ts';
import { textVerb } from './verb.ts';
import type { Verb } from './verb.ts';

/** Verbs that call tools, each subject to the session's permissions. */
export const TOOL_VERBS = {
  call: {
    arguments: 'SERVER TOOL [JSON]',
    does: 'calls a tool of an MCP server of the configuration, for real.',
    parse: (given) => {
      const server = given.word('SERVER');
      const tool = given.word('TOOL');
      const input = given.object('JSON');
      return (turn) =>
        turn.useTool({
          name: mcpToolName(server, tool),
          input,
          meta: { display_name: tool, server_display_name: server },
          run: () => turn.machine.mcp.call(server, tool, input, turn.signal),
        });
    },
  },
  bash: textVerb(
    'COMMAND',
    'runs a shell command, for real, in a session and process group of its own.',
    (turn, command) => callBuiltIn(turn, 'Bash', { command, description: command }),
  ),
  read: textVerb('PATH', 'reads a file.', (turn, file) =>
    callBuiltIn(turn, 'Read', { file_path: path.resolve(turn.machine.cwd, file) }),
  ),
  write: {
    arguments: 'PATH TEXT',
    does: 'writes a file, for real.',
    parse: (given) => {
      const file = given.word('PATH');
      const content = given.text('TEXT');
      return (turn) =>
        callBuiltIn(turn, 'Write', { file_path: path.resolve(turn.machine.cwd, file), content });
    },
  },
  tool: {
    arguments: 'NAME [JSON]',
    does: 'calls a built-in tool with this input: Bash, Read and Write work, others do nothing.',
    parse: (given) => {
      const name = given.word('NAME');
      const input = given.object('JSON');
      return (turn) => callBuiltIn(turn, name, input);
    },
  },
  deny: {
    arguments: 'TOOL [JSON]',
    does: 'calls a tool and is denied, whatever the rules say.',
    parse: (given) => {
      const name = given.word('TOOL');
      const input = given.object('JSON');
      const run = (): never => {
        throw new Error('a denied tool was run');
      };
      return (turn) => turn.useTool({ name, input, isForbidden: true, run });
    },
  },
  loop: {
    arguments: 'N',
    does: 'makes N model calls that each run a tool, to reach `--max-turns` or `--max-budget-usd`.',
    parse: (given) => {
      const count = given.count('N');
      return async (turn) => {
        for (let at = 0; at < count; at += 1)
          await callBuiltIn(turn, 'Bash', { command: 'true', description: 'loop' });
      };
    },
  },
} as const satisfies Record<string, Verb>;

function callBuiltIn(turn: Turn, name: string, input: Record<string, unknown>): Promise<void> {
  const { cwd, env } = turn.machine;
  return turn.useTool({
    name,
    input,
    run: () => runBuiltIn(name, input, { cwd, env, signal: turn.signal }),
  });
}
