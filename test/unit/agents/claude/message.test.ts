import { expect, test } from 'vitest';
import {
  buildInterruptLine,
  buildMcpAnswerLine,
  buildUserLine,
} from '../../../../src/agents/claude/message.ts';

const NASTY = ['/compact', '@/etc/passwd', 'a\nb\r\u2028c', '"quoted" \\', '\u0000', '日本語 🙂', '\ud800'];

function blocks(line: string): { type: string; text: string }[] {
  return JSON.parse(line).message.content;
}

test.each(NASTY)('%j arrives as it is, in the first of two blocks, on one line', (text) => {
  const line = buildUserLine(text);
  expect(line.indexOf('\n')).toBe(line.length - 1);
  expect(blocks(line)[0]).toEqual({ type: 'text', text });
  expect(blocks(line)).toHaveLength(2);
});

test('the closing block has nothing that claude acts on', () => {
  expect(blocks(buildUserLine('x'))[1]?.text).toMatch(/^[A-Z][a-z ]+\.$/);
});

test('to be expanded, the text is the only block', () => {
  expect(blocks(buildUserLine('/compact', { expand: true }))).toEqual([{ type: 'text', text: '/compact' }]);
});

test('an interrupt is a control request', () => {
  expect(JSON.parse(buildInterruptLine('r1'))).toEqual({
    type: 'control_request',
    request_id: 'r1',
    request: { subtype: 'interrupt' },
  });
});

test('an answer for an MCP server goes under the id of its request, also where MCP has none', () => {
  const answered = (mcp_response: object) => ({
    type: 'control_response',
    response: { subtype: 'success', request_id: 'r1', response: { mcp_response } },
  });
  const pong = { jsonrpc: '2.0', id: 3, result: {} };
  expect(JSON.parse(buildMcpAnswerLine('r1', pong))).toEqual(answered(pong));
  expect(JSON.parse(buildMcpAnswerLine('r1', undefined))).toEqual(
    answered({ jsonrpc: '2.0', id: 0, result: {} }),
  );
});
