/** The texts of claude 2.1.197 for a tool call that its permission rules deny. It gives no other sign. */
const DENIALS = [
  /^Claude requested permissions to /,
  /^This command (requires approval|uses .* approval)/s,
  /^This Bash command contains multiple operations\. /,
  /^Contains [a-z_]+$/,
  /^Heredoc with unquoted delimiter /,
  /^'\w+' evaluates arguments as shell code$/,
  /^Dangerous \S+ operation detected: /,
  /^\w+ program contains /,
  /^\S.* cannot be auto-allowed /s,
  /^Permission to use .* has been denied/s,
  /^Cannot .* while in plan mode\.$/s,
  /^\S.* was blocked\. For security, Claude Code may only /s,
  /^Tool permission request failed: /,
  /^(The user denied this call|This call was denied without asking|Nobody approved this call in time)[.:]/,
] as const;

/**
 * The texts for a tool that a rule removed: claude says that the tool is disabled, or does not know one of its built-in
 * tools. No version gives another sign.
 */
const TAKEN_AWAY =
  /^(<tool_use_error>)?(Error: )?No such tool available: ((\w+)\. \4 (is disabled for this session|exists but is not enabled)|(Bash|Edit|NotebookEdit|Read|Task|WebFetch|WebSearch|Write)\b)/;

/** Whether the text of a failed tool call says that it was not permitted. */
export function isDenialText(text: string): boolean {
  return TAKEN_AWAY.test(text) || DENIALS.some((denial) => denial.test(text));
}
