import path from 'node:path';

type ToolInput = Record<string, unknown>;

interface Rules {
  isPower: boolean;
  allowedTools: string[];
  disallowedTools: string[];
}

/** Commands claude runs unasked, as far as scripts use them. */
const HARMLESS = /^(?:cat|cd|cut|echo|false|grep|ls|printf|ps|pwd|sleep|true|wc)$/;

/**
 * What a session may do, in the smallest form that tells its modes apart: everything in power mode; else what a rule
 * allows (`Bash`, `Bash(git:*)`, `mcp__server`, `Edit(**\/NAME)`), files read in the working directory, and commands that
 * only read.
 */
export class Permissions {
  readonly #options: Rules;
  readonly #cwd: string;

  constructor(options: Rules, cwd: string) {
    this.#options = options;
    this.#cwd = cwd;
  }

  /** Whether the tool is there at all; one that is not is no denial. */
  has(tool: string): boolean {
    return !this.#options.disallowedTools.some((rule) => coversTool(rule, tool));
  }

  allows(tool: string, input: ToolInput): boolean {
    const { isPower, allowedTools, disallowedTools } = this.#options;
    const isCovered = (rule: string): boolean =>
      coversTool(rule, tool) || this.#coversCall(rule, tool, input);
    if (disallowedTools.some(isCovered)) return false;
    if (isPower || allowedTools.some(isCovered)) return true;
    if (tool === 'Read') return String(input['file_path']).startsWith(`${this.#cwd}${path.sep}`);
    return tool === 'Bash' && isHarmless(String(input['command']));
  }

  /** Only `Edit(…)` names files, for Write too: claude ignores `Write(…)`. */
  #coversCall(rule: string, tool: string, input: ToolInput): boolean {
    const [, name, specifier = ''] = /^(\w+)\((.*)\)$/s.exec(rule) ?? [];
    if (name === 'Bash' && tool === 'Bash') {
      const command = String(input['command']);
      const prefix = specifier.replace(/:\*$/, '');
      return command === prefix || (specifier !== prefix && command.startsWith(`${prefix} `));
    }
    const isOfFiles = name === 'Edit' && (tool === 'Edit' || tool === 'Write');
    return isOfFiles && fromGlob(specifier).test(path.relative(this.#cwd, String(input['file_path'])));
  }
}

/** `mcp__server` and `mcp__server__*` cover all tools of a server. */
function coversTool(rule: string, tool: string): boolean {
  const server = rule.replace(/__\*$/, '');
  return rule === tool || (rule.startsWith('mcp__') && tool.startsWith(`${server}__`));
}

/** `*` within a folder, and a leading or inner `**\/` for any number of folders. */
function fromGlob(glob: string): RegExp {
  const escaped = glob.replaceAll(/[.+^${}()|[\]\\?]/g, String.raw`\$&`);
  const within = escaped.replaceAll(/(?<!\*)\*(?![*])/g, '[^/]*');
  return new RegExp(`^(?!\\.\\./)${within.replaceAll('**/', '(?:[^/]+/)*')}$`);
}

function isHarmless(command: string): boolean {
  const parts = command.split(/[;|&\n]+/).map((part) => part.trim().split(/\s/, 1)[0]!);
  return !/[>`]|\$\(/.test(command) && parts.every((word) => HARMLESS.test(word));
}
