/**
 * JSON as Python's json module writes it, with unquoted NaN and infinities, and integers of any size.
 *
 * An integer that a double can't represent becomes a bigint. NaN becomes null.
 */

/** An unclosed string is a token too, so that matching stays linear. */
const TOKENS =
  /"[^"\\]*(?:\\.[^"\\]*)*(?:"|\\?$)|[[{]|[\]}]|-?Infinity\b|NaN\b|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/gs;

/**
 * Integers up to this many digits become a bigint. Longer ones are rounded, because they are slow to parse and print.
 */
const INTEGER = /^-?\d{16,40}$/;

/** Prefix of a number that passes through JSON.parse as a string. */
const MARK = '\0';
const MARKED = /^\0-?\d+$/;
const MARKED_JSON = /"\\u0000(-?\w+)"/g;

/** The limit of nesting, so that recursive code does not overflow the stack. */
const MAX_DEPTH = 100;

/** Throws SyntaxError for text that is neither JSON nor Python's variant, and for nesting deeper than 100. */
export function parsePythonJson(text: string): unknown {
  let depth = 0;
  const plain = text.replace(TOKENS, (token) => {
    if (token === '[' || token === '{') depth += 1;
    else if (token === ']' || token === '}') depth -= 1;
    if (depth > MAX_DEPTH) throw new SyntaxError(`it is nested more than ${MAX_DEPTH} deep`);
    if (token === 'NaN') return 'null';
    if (token.endsWith('Infinity')) return token.replace('Infinity', '1e999');
    const isBig = INTEGER.test(token) && !Number.isSafeInteger(Number(token));
    return isBig ? JSON.stringify(MARK + token) : token;
  });
  if (plain === text) return JSON.parse(text);
  return JSON.parse(plain, (_, value: unknown) =>
    typeof value === 'string' && MARKED.test(value) ? BigInt(value.slice(MARK.length)) : value,
  );
}

/** The inverse: numbers with all digits, and infinities as Python writes them. */
export function renderPythonJson(value: unknown): string {
  const text = JSON.stringify(value, (_, item: unknown) =>
    typeof item === 'bigint' || item === Infinity || item === -Infinity ? `${MARK}${item}` : item,
  );
  return text.replace(MARKED_JSON, '$1');
}
