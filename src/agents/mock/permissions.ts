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
  const covers = (rule: string, part = input): boolean =>
    coversTool(rule, tool) || coversCall(rule, cwd, tool, part);
  const commands = tool === 'Bash' ? splitCommands(String(input['command'])) : [];
  const parts = commands?.map((command) => ({ command })) ?? [];
  if (rules.disallowedTools.some((rule) => [input, ...parts].some((part) => covers(rule, part))))
    return false;
  if (rules.isPower) return true;
  if (tool === 'Read' && String(input['file_path']).startsWith(`${cwd}${path.sep}`)) return true;
  if (tool !== 'Bash') return rules.allowedTools.some((rule) => covers(rule));
  const isNamed = rules.allowedTools.some(
    (rule) => rule === 'Bash' || rule === `Bash(${String(input['command'])})`,
  );
  return isNamed || (parts.length > 0 && parts.every(isAllowed));

  function isAllowed(part: { command: string }): boolean {
    return isHarmless(part.command) || rules.allowedTools.some((rule) => covers(rule, part));
  }
}

/** `mcp__server` and `mcp__server__*` cover all tools of a server. */
function coversTool(rule: string, tool: string): boolean {
  const server = rule.replace(/__\*$/, '');
  return rule === tool || (rule.startsWith('mcp__') && tool.startsWith(`${server}__`));
}

/** `Edit(…)` names files also for the tool Write: claude ignores `Write(…)`. */
function coversCall(rule: string, cwd: string, tool: string, input: ToolInput): boolean {
  const [, name, specifier = ''] = /^(\w+)\((.*)\)$/s.exec(rule) ?? [];
  if (name === 'Bash' && tool === 'Bash') {
    const command = String(input['command']);
    const prefix = specifier.replace(/:\*$/, '');
    return command === prefix || (specifier !== prefix && command.startsWith(`${prefix} `));
  }
  const isOfFiles = name === (tool === 'Write' ? 'Edit' : tool) && ['Edit', 'Read', 'Write'].includes(tool);
  return (
    isOfFiles && fromGlob(specifier.replace(/^\.\//, '')).test(path.relative(cwd, String(input['file_path'])))
  );
}

/** `*` within a folder, `**\/` for any number of folders, and `**` at the end for all below, in the working directory. */
function fromGlob(glob: string): RegExp {
  const escaped = glob.replaceAll(/[.+^${}()|[\]\\?]/g, String.raw`\$&`);
  const within = escaped.replaceAll(/(?<!\*)\*(?!\*)/g, '[^/]*');
  return new RegExp(`^(?!\\.\\./)${within.replace(/\*\*$/, '.+').replaceAll('**/', '(?:[^/]+/)*')}$`);
}

/**
 * The commands of a line, without quoted text. Claude needs a rule for each. Undefined for a line that can't be split:
 * a command writes to a file, or comes from the output of another.
 */
function splitCommands(line: string): string[] | undefined {
  const live = line.replaceAll(/'[^']*'/g, "''");
  const bare = live.replaceAll(/"(?:[^"\\]|\\.)*"/gs, '""');
  if (/`|\$\(/.test(live) || bare.includes('>')) return undefined;
  return bare
    .split(/[;|&\n]+/)
    .map((command) => command.trim())
    .filter((command) => command !== '');
}

function isHarmless(command: string): boolean {
  return HARMLESS.test(command.split(/\s/, 1)[0]!);
}
