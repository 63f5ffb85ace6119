/** Builds the lines of transcripts as claude writes them. */

export type Line = Record<string, unknown>;

export const SESSION = '5e551011-0000-4000-8000-000000000001';
const BEGIN = Date.parse('2026-04-01T08:00:00Z');

const base = (id: string, seconds: number): Line => ({
  uuid: id,
  parentUuid: null,
  isSidechain: false,
  sessionId: SESSION,
  cwd: '/nowhere/project',
  version: '2.1.200',
  timestamp: new Date(BEGIN + seconds * 1000).toISOString(),
});

/** A user line, with a text or blocks. */
export function ask(id: string, seconds: number, content: unknown, more: Line = {}): Line {
  return { ...base(id, seconds), type: 'user', message: { role: 'user', content }, ...more };
}

/** A line of a model's message, by default with 10 input and 5 output tokens. */
export function say(
  id: string,
  seconds: number,
  content: unknown,
  { call = `msg ${id}`, model = 'claude-test-1', usage = use(10, 5), ...more }: Line = {},
): Line {
  const blocks = typeof content === 'string' ? [{ type: 'text', text: content }] : content;
  const message = { id: call, role: 'assistant', model, content: blocks, usage };
  return { ...base(id, seconds), type: 'assistant', message, ...more };
}

export function use(input: number, output: number): Line {
  return {
    input_tokens: input,
    output_tokens: output,
    cache_read_input_tokens: 0,
    cache_creation_input_tokens: 0,
  };
}

export function callOf(tool: string, input: unknown = { command: 'ls' }): Line {
  return { type: 'tool_use', id: tool, name: 'Bash', input };
}

/** The line with a tool's result. */
export function result(id: string, seconds: number, tool: string, content: unknown, more: Line = {}): Line {
  return ask(id, seconds, [{ type: 'tool_result', tool_use_id: tool, content, is_error: false }], more);
}

/** A line of another type. */
export function other(id: string, seconds: number, more: Line): Line {
  return { ...base(id, seconds), ...more };
}

/** The lines, each the parent of the next. */
export function chain(...lines: Line[]): Line[] {
  return lines.map((line, n) => ({ ...line, parentUuid: n === 0 ? null : lines[n - 1]!['uuid'] }));
}

export function toText(lines: readonly Line[]): string {
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}
