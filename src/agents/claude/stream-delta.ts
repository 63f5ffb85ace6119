import { findStringEnd } from '../process/bounded-json.ts';
import type { AgentEvent } from '../events.ts';

/*
 * Nine of ten lines of a log are deltas, so they are read without parsing the whole line. This works only for lines
 * that are written exactly as the agent writes them. All others are parsed.
 */

const HEAD = '{"type":"stream_event","event":{"type":"content_block_delta","index":';
const TEXT = ',"delta":{"type":"text_delta","text":"';
const DELTA = ',"delta":{"type":"';
const NO_PARENT = '"parent_tool_use_id":null';

/** The event of a delta line (none for a delta without text), or undefined when the line must be parsed. */
export function parseDelta(line: string): AgentEvent[] | undefined {
  if (!line.startsWith(HEAD) || !line.endsWith('}')) return undefined;
  const comma = line.indexOf(',', HEAD.length);
  if (!line.startsWith(TEXT, comma)) return line.startsWith(DELTA, comma) ? [] : undefined;
  const start = comma + TEXT.length;
  const end = findStringEnd(line, start);
  if (!line.startsWith('}}', end + 1) || !line.includes(NO_PARENT, end)) return undefined;
  const escape = line.indexOf('\\', start);
  const hasEscapes = escape !== -1 && escape < end;
  const content = hasEscapes ? parseString(line.slice(start - 1, end + 1)) : line.slice(start, end);
  return content === undefined ? undefined : [{ type: 'delta', content }];
}

function parseString(literal: string): string | undefined {
  try {
    return JSON.parse(literal) as string;
  } catch {
    return undefined;
  }
}
