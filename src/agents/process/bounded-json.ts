import { describeMarkers, parseElidedJson } from './elided-text.ts';

/** Values nested deeper than this, counted from the line's own braces, are kept as their JSON text. */
export const MAX_DEPTH = 200;

const BACKSLASH = 0x5c;

/**
 * Parses the JSON text of a line; undefined when it is not JSON. Never throws.
 *
 * Recursive code such as JSON.stringify overflows the stack on a value nested some thousand levels deep. So a value
 * nested deeper than MAX_DEPTH becomes a string with its JSON text.
 */
export function parseBoundedJson(text: string): unknown {
  try {
    return parseElidedJson(boundDepth(text));
  } catch {
    return undefined;
  }
}

function boundDepth(text: string): string {
  let bounded = '';
  let copied = 0;
  let deepStart = 0;
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    switch (text[at]) {
      case '"':
        at = findStringEnd(text, at + 1);
        break;
      case '{':
      case '[':
        if (depth++ === MAX_DEPTH) deepStart = at;
        break;
      case '}':
      case ']':
        if (--depth !== MAX_DEPTH) break;
        bounded +=
          text.slice(copied, deepStart) + JSON.stringify(describeMarkers(text.slice(deepStart, at + 1)));
        copied = at + 1;
    }
  }
  return copied === 0 ? text : bounded + text.slice(copied);
}

/** The position of the closing quote of the string whose body begins at `start`, or the end of the text. */
export function findStringEnd(text: string, start: number): number {
  for (let at = text.indexOf('"', start); at !== -1; at = text.indexOf('"', at + 1)) {
    let escapes = 0;
    while (at - escapes > start && text.charCodeAt(at - escapes - 1) === BACKSLASH) escapes++;
    if (escapes % 2 === 0) return at;
  }
  return text.length;
}
