import type { Machine } from './machine.ts';
import { hasTool } from './permissions.ts';

/** The version of claude that the mock imitates. */
const IMITATED_VERSION = '2.1.332';
const BUILT_IN_TOOLS = ['Bash', 'Edit', 'Read', 'WebFetch', 'WebSearch', 'Write'];

/** Prints the `init` line of a turn, which names the message that it answers. */
export function announce({ cwd, mcp, options, model, output }: Machine, uuid: string | undefined): void {
  const tools = [...BUILT_IN_TOOLS, ...mcp.toolNames().toSorted()];
  output.system('init', {
    cwd,
    tools: tools.filter((tool) => hasTool(options, tool)),
    mcp_servers: mcp.statuses(),
    model,
    permissionMode: options.isPower ? 'bypassPermissions' : 'default',
    memory_paths: { auto: cwd },
    slash_commands: [],
    apiKeySource: 'none',
    claude_code_version: `${IMITATED_VERSION}-mock`,
    output_style: 'default',
    agents: [],
    skills: [],
    plugins: [],
    analytics_disabled: true,
    product_feedback_disabled: true,
    fast_mode_state: 'off',
    ...(uuid !== undefined && { user_message_uuids: [uuid] }),
  });
}
