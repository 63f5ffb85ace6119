import { randomUUID } from 'node:crypto';

/**
 * A JSON string that was left out of its line. `start` and `end` are the byte offsets of its body (without quotes) in
 * the log.
 */
export class ElidedText {
  /** In UTF-16 units. */
  readonly length: number;
  readonly start: number;
  readonly end: number;

  constructor(length: number, start: number, end: number) {
    this.length = length;
    this.start = start;
    this.end = end;
  }

  /** The description that replaces it in output. */
  describe(): string {
    return `[${this.length} characters left out]`;
  }
}

/** Prefix of a marker. It is random in each process and never leaves it, so no agent can write one. */
const MARK = `elided ${randomUUID()}`;
const MARKER = new RegExp(`^${MARK} (\\d+) (\\d+) (\\d+)$`);
const MARKERS = new RegExp(`"${MARK} (\\d+) (\\d+) (\\d+)"`, 'g');

/** The JSON string that replaces a long one, as a value or as a key. */
export function renderMarker({ length, start, end }: ElidedText): string {
  return `"${MARK} ${length} ${start} ${end}"`;
}

/**
 * JSON.parse for a line that may contain markers. Each marker becomes an ElidedText. A marker that is a key becomes its
 * description.
 */
export function parseElidedJson(json: string): unknown {
  return json.includes(MARK) ? JSON.parse(json, revive) : JSON.parse(json);
}

function revive(_key: string, value: unknown): unknown {
  if (typeof value === 'string') return parseMarker(value) ?? value;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  if (!Object.keys(value).some((key) => key.startsWith(MARK))) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [parseMarker(key)?.describe() ?? key, item]),
  );
}

function parseMarker(text: string): ElidedText | undefined {
  const match = MARKER.exec(text);
  return match === null ? undefined : new ElidedText(Number(match[1]), Number(match[2]), Number(match[3]));
}

/** JSON text with the descriptions, as strings, in place of its markers. */
export function describeMarkers(json: string): string {
  return json.replaceAll(MARKERS, (marker) => JSON.stringify(parseMarker(marker.slice(1, -1))?.describe()));
}
