import path from 'node:path';
import type { MockOptions } from './options.ts';

type ToolInput = Record<string, unknown>;

/** Commands claude runs unasked, as far as scripts use them. */
const HARMLESS = /^(?:cat|cd|cut|echo|false|grep|ls|printf|ps|pwd|sleep|true|wc)$/;

/**
 * What a session may do, in the smallest form that tells its modes apart: everything in power mode; else what a rule
 * allows (`Bash`, `Bash(git:*)`, `mcp__server`, `Edit(**\/NAME)`), files read in the working directory, and commands that
 * only read.
 */
export class Permissions {
  readonly #options: MockOptions;
  readonly #cwd: string;

  constructor(options: MockOptions, cwd: string) {
    this.#options = options;
    this.#cwd = cwd;
  }

  /** Whether the tool is there at all; one that is not is no denial. */
  has(tool: string): boolean {
    return !this.#options.disallowedTools.some((rule) => coversTool(rule, tool));
  }

  /** Why a call is denied, in claude's words; undefined when it is allowed. */
  denial(tool: string, input: ToolInput): string | undefined {
    const { permissionMode, allowedTools } = this.#options;
    if (permissionMode === 'bypassPermissions') return undefined;
    if (allowedTools.some((rule) => coversTool(rule, tool) || this.#coversCall(rule, tool, input)))
      return undefined;
    if (tool === 'Read' && this.#fileOf(input).startsWith(`${this.#cwd}${path.sep}`)) return undefined;
    if (tool === 'Bash' && isHarmless(String(input['command']))) return undefined;
    return this.refusal(tool, input);
  }

  /** Claude's words for a denied call. */
  refusal(tool: string, input: ToolInput): string {
    if (this.#options.permissionMode === 'dontAsk')
      return `Permission to use ${tool} has been denied because Claude Code is running in don't ask mode.`;
    if (tool === 'Bash') return 'This command requires approval';
    const file = this.#fileOf(input);
    const wish =
      tool === 'Write' || tool === 'Edit'
        ? `write to ${file}`
        : tool === 'Read'
          ? `read from ${file}`
          : `use ${tool}`;
    return `Claude requested permissions to ${wish}, but you haven't granted it yet.`;
  }

  #coversCall(rule: string, tool: string, input: ToolInput): boolean {
    const [, name, specifier = ''] = /^(\w+)\((.*)\)$/s.exec(rule) ?? [];
    if (name === 'Bash' && tool === 'Bash') {
      const command = String(input['command']);
      const prefix = specifier.replace(/:\*$/, '');
      return command === prefix || (specifier !== prefix && command.startsWith(`${prefix} `));
    }
    // Only Edit(…) names files, for Write too: claude ignores Write(…).
    const isOfFiles = name === 'Edit' && (tool === 'Edit' || tool === 'Write');
    return isOfFiles && path.basename(this.#fileOf(input)) === specifier.replace(/^(?:\*\*)?\//, '');
  }

  #fileOf(input: ToolInput): string {
    return path.resolve(this.#cwd, String(input['file_path'] ?? ''));
  }
}

/** `mcp__server` and `mcp__server__*` cover all tools of a server; `Edit` covers Write. */
function coversTool(rule: string, tool: string): boolean {
  const server = rule.endsWith('__*') ? rule.slice(0, -3) : rule;
  return rule === tool || (rule.startsWith('mcp__') && tool.startsWith(`${server}__`));
}

function isHarmless(command: string): boolean {
  const parts = command.split(/[;|&\n]+/).map((part) => part.trim().split(/\s/, 1)[0]!);
  return !/[>`]|\$\(/.test(command) && parts.every((word) => HARMLESS.test(word));
}
