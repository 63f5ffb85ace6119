/**
 * Parses JSON as Python's json module writes it: NaN and infinities are bare words there.
 *
 * NaN becomes null. Throws SyntaxError for anything else that is not JSON.
 */
export function parsePythonJson(text: string): unknown {
  const source = text.startsWith('\uFEFF') ? text.slice(1) : text;
  try {
    return JSON.parse(source);
  } catch (error) {
    const plain = source.replace(/"(?:[^"\\]|\\.)*"|-?\bInfinity\b|\bNaN\b/gs, (token) => {
      if (token === 'NaN') return 'null';
      return token.endsWith('Infinity') ? token.replace('Infinity', '1e999') : token;
    });
    if (plain === source) throw error;
    return JSON.parse(plain);
  }
}
