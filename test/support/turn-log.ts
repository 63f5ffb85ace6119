import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const FIXTURES = fileURLToPath(new URL('../fixtures/', import.meta.url));

/** The folders of the recordings, by claude's version. */
const FOLDERS = { '2.1.197': 'recordings', '2.1.332': 'recordings-2.1.332' } as const;

type RecordedVersion = keyof typeof FOLDERS;

/** All recordings of the real agent in NDJSON. */
export function listRecordings(version: RecordedVersion): string[] {
  return readdirSync(join(FIXTURES, FOLDERS[version]))
    .filter(
      (file) => file.endsWith('.ndjson') && !['json-format.ndjson', 'json-verbose.ndjson'].includes(file),
    )
    .map((file) => file.slice(0, -'.ndjson'.length));
}

export function recordingPath(name: string, version: RecordedVersion = '2.1.197'): string {
  return join(FIXTURES, FOLDERS[version], `${name}.ndjson`);
}

export function readRecording(name: string, version?: RecordedVersion): string {
  return readFileSync(recordingPath(name, version), 'utf8');
}

/** Makes a directory that is removed after the test. */
export function makeScratch(): string {
  const directory = mkdtempSync(join(tmpdir(), 'session-agent-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** Writes a log file with these lines, which is removed after the test. */
export function writeLog(lines: readonly unknown[]): string {
  const path = join(makeScratch(), 'turn.ndjson');
  writeFileSync(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  return path;
}

/** Builders of claude's lines. */
export const line = {
  init: (extra: object = {}) => ({
    type: 'system',
    subtype: 'init',
    session_id: '11111111-1111-4111-8111-111111111111',
    claude_code_version: '2.1.197',
    model: 'some-model',
    mcp_servers: [],
    ...extra,
  }),
  started: (command_uuid: string) => ({ type: 'command_lifecycle', state: 'started', command_uuid }),
  messageStart: () => streamEvent({ type: 'message_start', message: { id: 'msg_1' } }),
  delta: (text: string) =>
    streamEvent({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } }),
  text: (text: string, extra: object = {}) => assistant([{ type: 'text', text }], extra),
  toolCall: (id: string, name: string, input: unknown) => assistant([{ type: 'tool_use', id, name, input }]),
  toolResult: (id: string, content: unknown, isError = false) => ({
    type: 'user',
    message: {
      role: 'user',
      content: [{ type: 'tool_result', tool_use_id: id, content, is_error: isError }],
    },
    parent_tool_use_id: null,
  }),
  result: (extra: object = {}) => ({
    type: 'result',
    subtype: 'success',
    is_error: false,
    num_turns: 1,
    result: 'last',
    session_id: '11111111-1111-4111-8111-111111111111',
    total_cost_usd: 0.5,
    permission_denials: [],
    ...extra,
  }),
};

function streamEvent(event: object): object {
  return { type: 'stream_event', event, session_id: 's', parent_tool_use_id: null, uuid: 'u' };
}

function assistant(content: object[], extra: object = {}): object {
  return { type: 'assistant', message: { id: 'msg_1', content }, parent_tool_use_id: null, ...extra };
}
