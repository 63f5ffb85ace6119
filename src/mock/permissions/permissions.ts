import path from 'node:path';
import { isCommandAllowed, isCommandTouched } from './bash-rules.ts';
import { isInside, isPathAllowed } from './path-rules.ts';

type ToolInput = Record<string, unknown>;

interface PermissionFacts {
  permissionMode: string;
  allowedTools: readonly string[];
  disallowedTools: readonly string[];
  cwd: string;
}

/** The rules of a session: which tool calls go ahead, and claude's words for those that don't. */
export class Permissions {
  readonly #mode: string;
  readonly #allowed: readonly string[];
  readonly #disallowed: readonly string[];
  readonly #cwd: string;

  constructor({ permissionMode, allowedTools, disallowedTools, cwd }: PermissionFacts) {
    this.#mode = permissionMode;
    this.#allowed = allowedTools;
    this.#disallowed = disallowedTools;
    this.#cwd = cwd;
  }

  /** Whether the tool is there at all; one that is not is no denial. */
  has(tool: string): boolean {
    return !this.#disallowed.some((rule) => rule === tool || coversMcp(rule, tool));
  }

  /** Why a call is denied; undefined when it is allowed. */
  denial(tool: string, input: ToolInput): string | undefined {
    if (this.#isForbidden(tool, input))
      return `Permission to use Bash with command ${commandOf(input)} has been denied.`;
    if (this.#mode === 'bypassPermissions' || this.#isAllowed(tool, input)) return undefined;
    return this.refusal(tool, input);
  }

  /** Claude's words for a denied call. */
  refusal(tool: string, input: ToolInput): string {
    if (this.#mode === 'dontAsk') {
      return `Permission to use ${tool} has been denied because Claude Code is running in don't ask mode.`;
    }
    const file = this.#file(input);
    const writes = tool === 'Write' || tool === 'Edit';
    if (this.#mode === 'plan' && writes) return `Cannot write to ${file} while in plan mode.`;
    if (tool === 'Bash') return this.#bashRefusal(commandOf(input));
    const wish = writes ? `write to ${file}` : tool === 'Read' ? `read from ${file}` : `use ${tool}`;
    return `Claude requested permissions to ${wish}, but you haven't granted it yet.`;
  }

  /** A command is forbidden when a part of it is. */
  #isForbidden(tool: string, input: ToolInput): boolean {
    return tool === 'Bash' && isCommandTouched(commandOf(input), specifiers(this.#disallowed, 'Bash'));
  }

  #isAllowed(tool: string, input: ToolInput): boolean {
    if (tool.startsWith('mcp__')) return this.#allowed.some((rule) => coversMcp(rule, tool));
    const file = this.#file(input);
    switch (tool) {
      case 'Bash':
        return this.#has('Bash') || isCommandAllowed(commandOf(input), specifiers(this.#allowed, 'Bash'));
      case 'Read':
        return this.#has('Read') || isInside(file, this.#cwd) || this.#matchesPath('Read', file);
      case 'Write':
      case 'Edit':
        if ((this.#has(tool) || this.#has('Edit')) && isInside(file, this.#cwd)) return true;
        if (this.#mode === 'acceptEdits' && isInside(file, this.#cwd)) return true;
        // Only Edit(…) rules name paths, for Write too: claude ignores Write(…).
        return this.#matchesPath('Edit', file);
      default:
        return this.#has(tool);
    }
  }

  #bashRefusal(command: string): string {
    const [, target] = /^\s*touch\s+([^\s;|&]+)\s*$/.exec(command) ?? [];
    if (target === undefined) return 'This command requires approval';
    const file = path.resolve(this.#cwd, target);
    return `touch in '${file}' was blocked. For security, Claude Code may only create or modify files in the allowed working directories for this session: '${this.#cwd}'.`;
  }

  #matchesPath(tool: string, file: string): boolean {
    return isPathAllowed(file, specifiers(this.#allowed, tool), this.#cwd);
  }

  #file(input: ToolInput): string {
    return path.resolve(this.#cwd, String(input['file_path'] ?? ''));
  }

  #has(rule: string): boolean {
    return this.#allowed.includes(rule);
  }
}

function commandOf(input: ToolInput): string {
  return String(input['command'] ?? '');
}

/** What stands in the parentheses of this tool's rules. */
function specifiers(rules: readonly string[], tool: string): string[] {
  return rules.flatMap((rule) =>
    rule.startsWith(`${tool}(`) && rule.endsWith(')') ? [rule.slice(tool.length + 1, -1)] : [],
  );
}

/** `mcp__server` and `mcp__server__*` cover all tools of a server. */
function coversMcp(rule: string, tool: string): boolean {
  const server = rule.endsWith('__*') ? rule.slice(0, -3) : rule;
  return rule === tool || (rule.startsWith('mcp__') && tool.startsWith(`${server}__`));
}
