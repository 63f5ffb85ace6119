/** Builds the parts of a page in roff, the language of manual pages. Plain text is escaped, and may contain `code`. */

/** Characters that roff interprets, or prints as typographic ones that a shell does not accept. */
const ESCAPES: Record<string, string> = {
  '\\': String.raw`\e`,
  '-': String.raw`\-`,
  "'": String.raw`\(aq`,
  '`': String.raw`\(ga`,
  '^': String.raw`\(ha`,
  '~': String.raw`\(ti`,
  '"': String.raw`\(dq`,
};

/** A line that begins with a full stop would be a request. */
export function escape(text: string): string {
  return text
    .replaceAll(/[\\\-'`^~"]/g, (character) => ESCAPES[character]!)
    .replaceAll(/[^\n -~]/gu, (character) => `\\[u${hex(character)}]`)
    .replaceAll(/^\./gm, String.raw`\&.`);
}

const hex = (character: string): string =>
  character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0');

export const bold = (text: string): string => String.raw`\fB${escape(text)}\fR`;
export const italic = (text: string): string => String.raw`\fI${escape(text)}\fR`;

/** Text whose parts in backticks are bold. */
export function prose(text: string): string {
  const parts = text.replaceAll(/\s+/g, ' ').split('`');
  return parts.map((part, index) => (index % 2 === 1 ? bold(part) : escape(part))).join('');
}

/** Words are not hyphenated, because many are names to type. */
export const title = (name: string, source: string): string =>
  `.TH ${name.toUpperCase()} 1 "" ${JSON.stringify(source)} "User Commands"\n.nh\n.ad l`;
export const section = (name: string, ...parts: string[]): string => [`.SH ${name}`, ...parts].join('\n');
export const subsection = (name: string, ...parts: string[]): string =>
  [`.SS "${name}"`, ...parts].join('\n');
export const paragraph = (text: string): string => `.PP\n${text}`;
export const item = (term: string, text: string): string => `.TP\n${term}\n${text}`;
/** Lines without formatting. */
export const verbatim = (text: string): string => `.PP\n.RS 4\n.nf\n${escape(text)}\n.fi\n.RE`;
