import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { Place, parseLines } from '../support/run.ts';

const SERVER = fileURLToPath(new URL('../support/mcp-echo.mjs', import.meta.url));

/** A session with one MCP server of this environment. */
async function sessionWith(place: Place, env: Record<string, string>): Promise<string> {
  const mcpServers = { helper: { command: process.execPath, args: [SERVER], env } };
  return await place.newSession('--mode', 'power', '--mcp-config', JSON.stringify({ mcpServers }));
}

describe('a required MCP server', () => {
  test.each([
    ['that fails', { MCP_ECHO_EXIT: '1' }, 'failed'],
    ['that does not answer in time', { MCP_ECHO_SILENT: '1' }, 'still connecting'],
  ])('%s ends the turn with 1 before the message is read', async (_, server, said) => {
    const place = new Place();
    place.env['CLAUDE_SESSION_MCP_CONNECT_TIMEOUT'] = '1s';
    const id = await sessionWith(place, server);
    const mark = path.join(place.root, 'mark');
    const ended = await place.run(['send', id, `bash touch '${mark}'`, '--require-mcp', '--ndjson']);
    expect(ended.code).toBe(1);
    const records = parseLines(ended.stdout);
    expect(records.at(-2)).toMatchObject({
      type: 'error',
      code: 'MCP_NOT_CONNECTED',
      message: expect.stringMatching(new RegExp(`"helper".*${said}`)),
    });
    expect(records.at(-1)).toMatchObject({ type: 'done', status: 'failed', exit_code: 1, text: '' });
    expect(existsSync(mark)).toBe(false);
    expect(await place.history(id)).toMatchObject([{ status: 'failed' }]);
    await place.expectNothingLeft();
  });

  test('may be slow, and may be asked of a warm agent again and again', async () => {
    const place = new Place();
    place.env['CLAUDE_SESSION_MCP_REQUIRE'] = 'true';
    const id = await sessionWith(place, { MCP_ECHO_DELAY_MS: '1500' });
    for (const flag of ['--cold', '--warm', '--warm']) {
      const ended = await place.run(['send', id, 'call helper echo {"text": "x"}', flag, '--ndjson']);
      expect(parseLines(ended.stdout).at(-1)).toMatchObject({ status: 'completed', text: 'echo: x' });
    }
    await place.must('stop', id);
    await place.expectNothingLeft();
  });
});
