/**
 * JSON as Python's json module writes it: NaN and infinities are bare words there, and an integer has any size.
 *
 * An integer that a double can't hold is a bigint here. NaN becomes null.
 */

/** A string that is never closed is a token, too, so that its quotes are not each tried as a beginning. */
const TOKENS =
  /"[^"\\]*(?:\\.[^"\\]*)*(?:"|\\?$)|[[{]|[\]}]|-?Infinity\b|NaN\b|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/gs;

/** Of a size that is a number's; more digits are rounded, for they would take long to read and to show. */
const INTEGER = /^-?\d{16,40}$/;

/** In front of a number that is handed through JSON as a string. */
const MARK = '\0';
const MARKED = /^\0-?\d+$/;
const MARKED_JSON = /"\\u0000(-?\w+)"/g;

/** Deeper nesting serves nobody, and code that walks a document must not run out of stack. */
const MAX_DEPTH = 100;

/** Throws SyntaxError for anything else that is not JSON, and for what is nested more than 100 deep. */
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

/** The inverse: every number in full, infinities as Python's bare words. */
export function renderPythonJson(value: unknown): string {
  const text = JSON.stringify(value, (_, item: unknown) =>
    typeof item === 'bigint' || item === Infinity || item === -Infinity ? `${MARK}${item}` : item,
  );
  return text.replace(MARKED_JSON, '$1');
}
