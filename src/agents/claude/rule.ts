import type { Json } from './stream-json.ts';

/**
 * The permission rule that allows a call from now on: of Bash just that command, of a page its host, else the tool.
 *
 * Null for a command that no rule can name: a star in a rule stands for anything.
 */
export function buildRule(tool: string, input: Json): string | null {
  if (tool === 'Bash') return buildCommandRule(input['command']);
  if (tool === 'WebFetch') return buildHostRule(input['url']);
  return tool === '' ? null : tool;
}

/** Claude compares without the blanks around a command. */
function buildCommandRule(command: unknown): string | null {
  if (typeof command !== 'string' || command.includes('*') || command.trim() === '') return null;
  return `Bash(${command.trim().replaceAll(/[\\()]/g, String.raw`\$&`)})`;
}

function buildHostRule(url: unknown): string | null {
  const host = typeof url === 'string' && URL.canParse(url) ? new URL(url).hostname : '';
  return host === '' ? null : `WebFetch(domain:${host})`;
}
