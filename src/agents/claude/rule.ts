import type { Json } from './stream-json.ts';

/**
 * The permission rule that allows such calls from now on: for Bash that command, for a web page its host, otherwise the
 * tool.
 *
 * Null for a command with a star, because a star in a rule matches anything.
 */
export function buildRule(tool: string, input: Json): string | null {
  if (tool === 'Bash') return buildCommandRule(input['command']);
  if (tool === 'WebFetch') return buildHostRule(input['url']);
  return tool === '' ? null : tool;
}

/** Claude ignores spaces around a command. */
function buildCommandRule(command: unknown): string | null {
  if (typeof command !== 'string' || command.includes('*') || command.trim() === '') return null;
  return `Bash(${command.trim().replaceAll(/[\\()]/g, String.raw`\$&`)})`;
}

function buildHostRule(url: unknown): string | null {
  const host = typeof url === 'string' && URL.canParse(url) ? new URL(url).hostname : '';
  return host === '' ? null : `WebFetch(domain:${host})`;
}
