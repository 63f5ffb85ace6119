/** Parses the user's lines of a transcript. Claude writes commands and shell lines in its own tags. */

/** The role of a user's line in the conversation. */
export interface Speech {
  /**
   * - `asked`: a message; `command`: a slash command, whose expansion may follow
   * - `shell`: a line for the shell, or its output
   * - `local`: what claude itself answered to a command, without a model
   * - `note`: what claude says in the user's name; `summary`: what it keeps of a conversation that it compacted
   * - `interrupt`: the user stopped the turn
   */
  kind: 'asked' | 'command' | 'shell' | 'local' | 'note' | 'summary' | 'interrupt';
  text: string;
}

const INTERRUPTED = /^\[Request interrupted by user/;
const TAGS = ['command-name', 'command-message', 'command-args', 'bash-input', 'bash-stdout', 'bash-stderr'];
const LOCAL = ['local-command-stdout', 'local-command-stderr', 'local-command-caveat'];

export function readSpeech(text: string, flags: { isNote: boolean; isSummary: boolean }): Speech {
  if (flags.isSummary) return { kind: 'summary', text };
  if (INTERRUPTED.test(text)) return { kind: 'interrupt', text };
  const tags = readTags(text);
  if (tags !== undefined && LOCAL.some((tag) => tags.has(tag))) return { kind: 'local', text };
  if (flags.isNote) return { kind: 'note', text };
  if (tags === undefined) return { kind: 'asked', text };
  const name = tags.get('command-name')?.trim();
  if (name) return { kind: 'command', text: `${name} ${tags.get('command-args') ?? ''}`.trim() };
  if (tags.has('command-message') || tags.has('command-args')) return { kind: 'asked', text };
  const typed = tags.get('bash-input');
  const said = [tags.get('bash-stdout'), tags.get('bash-stderr')].filter((each) => each?.trim());
  return { kind: 'shell', text: [...(typed === undefined ? [] : [`! ${typed}`]), ...said].join('\n') };
}

/** The contents of claude's tags in a text that consists only of them; undefined for any other text. */
function readTags(text: string): Map<string, string> | undefined {
  const tags = new Map<string, string>();
  for (let at = 0; ;) {
    while (at < text.length && text[at]!.trim() === '') at++;
    if (at === text.length) return tags.size === 0 ? undefined : tags;
    const tag = [...TAGS, ...LOCAL].find((each) => text.startsWith(`<${each}>`, at));
    if (tag === undefined) return undefined;
    const begin = at + tag.length + 2;
    const end = text.indexOf(`</${tag}>`, begin);
    if (end === -1) return undefined;
    tags.set(tag, text.slice(begin, end));
    at = end + tag.length + 3;
  }
}
