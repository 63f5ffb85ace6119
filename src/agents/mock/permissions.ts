import path from 'node:path';

type ToolInput = Record<string, unknown>;

interface Rules {
  isPower: boolean;
  allowedTools: string[];
  disallowedTools: string[];
}

/** Commands that claude runs without asking; only those that scripts use. */
const HARMLESS = /^(?:cat|cd|cut|echo|false|grep|ls|printf|ps|pwd|sleep|true|wc)$/;

/** Whether the tool exists. A call of a missing tool is not a denial. */
export function hasTool({ disallowedTools }: Rules, tool: string): boolean {
  return !disallowedTools.some((rule) => coversTool(rule, tool));
}

/**
 * Whether the rules allow a call. In power mode they allow everything. Otherwise they allow what a rule names (`Bash`,
 * `Bash(git:*)`, `mcp__server`, `Edit(**\/NAME)`), reading files in the working directory, and commands that only read.
 */
export function allows(rules: Rules, cwd: string, tool: string, input: ToolInput): boolean {
  const covers = (rule: string): boolean => coversTool(rule, tool) || coversCall(rule, cwd, tool, input);
  if (rules.disallowedTools.some(covers)) return false;
  if (rules.isPower || rules.allowedTools.some(covers)) return true;
  if (tool === 'Read') return String(input['file_path']).startsWith(`${cwd}${path.sep}`);
  return tool === 'Bash' && isHarmless(String(input['command']));
}

/** `mcp__server` and `mcp__server__*` cover all tools of a server. */
function coversTool(rule: string, tool: string): boolean {
  const server = rule.replace(/__\*$/, '');
  return rule === tool || (rule.startsWith('mcp__') && tool.startsWith(`${server}__`));
}

/** Only `Edit(…)` names files, also for the tool Write: claude ignores `Write(…)`. */
function coversCall(rule: string, cwd: string, tool: string, input: ToolInput): boolean {
  const [, name, specifier = ''] = /^(\w+)\((.*)\)$/s.exec(rule) ?? [];
  if (name === 'Bash' && tool === 'Bash') {
    const command = String(input['command']);
    const prefix = specifier.replace(/:\*$/, '');
    return command === prefix || (specifier !== prefix && command.startsWith(`${prefix} `));
  }
  const isOfFiles = name === 'Edit' && (tool === 'Edit' || tool === 'Write');
  return isOfFiles && fromGlob(specifier).test(path.relative(cwd, String(input['file_path'])));
}

/** `*` within a folder, and `**\/` for any number of folders below the working directory. */
function fromGlob(glob: string): RegExp {
  const escaped = glob.replaceAll(/[.+^${}()|[\]\\?]/g, String.raw`\$&`);
  const within = escaped.replaceAll(/(?<!\*)\*(?!\*)/g, '[^/]*');
  return new RegExp(`^(?!\\.\\./)${within.replaceAll('**/', '(?:[^/]+/)*')}$`);
}

function isHarmless(command: string): boolean {
  const parts = command.split(/[;|&\n]+/).map((part) => part.trim().split(/\s/, 1)[0]!);
  return !/[>`]|\$\(/.test(command) && parts.every((word) => HARMLESS.test(word));
}
