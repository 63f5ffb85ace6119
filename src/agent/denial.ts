/** How claude words a tool call that its permission rules refused; there is no event for it. */
const DENIALS = [
  /^Claude requested permissions to /,
  /^This command (requires approval|uses .* approval)/s,
  /^This Bash command contains multiple operations\. /,
  /^Contains [a-z_]+$/,
  /^Heredoc with unquoted delimiter /,
  /^'\w+' evaluates arguments as shell code$/,
  /^Dangerous \S+ operation detected: /,
  /^\S.* cannot be auto-allowed /s,
  /^Permission to use .* has been denied/s,
  /^Cannot .* while in plan mode\.$/s,
  /^\S.* was blocked\. For security, Claude Code may only /s,
] as const;

/** Tools claude always has by itself: one of these is missing only where a rule took it away. */
const BUILT_IN =
  /^(<tool_use_error>)?(Error: )?No such tool available: (Bash|Edit|NotebookEdit|Read|Task|WebFetch|WebSearch|Write)\b/;

/** Whether the text of a failed tool call says that it was not permitted. */
export function isDenialText(text: string): boolean {
  return BUILT_IN.test(text) || DENIALS.some((denial) => denial.test(text));
}
