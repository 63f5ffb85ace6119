import type { AgentEvent } from './events.ts';

/*
 * Nine of ten lines of a log are deltas, so they are read without parsing the whole line. The shortcut holds for
 * lines spelled exactly as the agent spells them; any other spelling takes the ordinary way.
 */

const HEAD = '{"type":"stream_event","event":{"type":"content_block_delta","index":';
const TEXT = ',"delta":{"type":"text_delta","text":"';
const DELTA = ',"delta":{"type":"';
const NO_PARENT = '"parent_tool_use_id":null';

/** The event of a delta line (none, for a delta that is no text), or undefined when the line must be parsed. */
export function parseDelta(line: string): AgentEvent[] | undefined {
  if (!line.startsWith(HEAD) || !line.endsWith('}')) return undefined;
  const comma = line.indexOf(',', HEAD.length);
  if (!line.startsWith(TEXT, comma)) return line.startsWith(DELTA, comma) ? [] : undefined;
  const start = comma + TEXT.length;
  const end = findClosingQuote(line, start);
  if (!line.startsWith('}}', end + 1) || !line.includes(NO_PARENT, end)) return undefined;
  const isPlain = end < start + 1 || !line.slice(start, end).includes('\\');
  return [{ type: 'delta', content: isPlain ? line.slice(start, end) : parseString(line, start, end) }];
}

function parseString(line: string, start: number, end: number): string {
  return JSON.parse(line.slice(start - 1, end + 1)) as string;
}

/** The position of the quote that ends the JSON string whose body begins at `start`; -1 if none does. */
function findClosingQuote(line: string, start: number): number {
  let quote = line.indexOf('"', start);
  while (quote !== -1 && isEscaped(line, quote, start)) quote = line.indexOf('"', quote + 1);
  return quote;
}

function isEscaped(line: string, at: number, start: number): boolean {
  let backslashes = 0;
  while (at - backslashes > start && line.charCodeAt(at - backslashes - 1) === 0x5c) backslashes++;
  return backslashes % 2 === 1;
}
