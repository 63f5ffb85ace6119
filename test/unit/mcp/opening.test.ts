import { expect, it } from 'vitest';
import { Opening } from '../../../src/mcp/opening.ts';

const RECORDING = { '2025-11-25': { initialize: { hello: 'é' }, 'tools/list': { tools: [] }, ping: {} } };

const line = (message: object): string => `${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`;
const hello = (version = '2025-11-25'): string =>
  line({ id: 0, method: 'initialize', params: { protocolVersion: version, capabilities: {} } });
const ready = line({ method: 'notifications/initialized' });

function talk(...said: string[]): { heard: unknown[]; opening: Opening } {
  const opening = new Opening(RECORDING);
  const heard = said.map((each) => opening.take(Buffer.from(each))).join('');
  return {
    opening,
    heard: heard
      .split('\n')
      .filter(Boolean)
      .map((each) => JSON.parse(each) as unknown),
  };
}

it('answers what every client begins with, under the ids it gave', () => {
  const { heard, opening } = talk(
    hello() + ready,
    line({ id: 'b', method: 'tools/list', params: {} }),
    line({ id: 2, method: 'ping' }),
  );
  expect(heard).toEqual([
    { jsonrpc: '2.0', id: 0, result: { hello: 'é' } },
    { jsonrpc: '2.0', id: 'b', result: { tools: [] } },
    { jsonrpc: '2.0', id: 2, result: {} },
  ]);
  expect(opening.isOver).toBe(false);
});

it('answers a message however its bytes arrive', () => {
  const bytes = Buffer.from(hello() + ready + line({ id: 1, method: 'tools/list' }));
  const opening = new Opening(RECORDING);
  let heard = '';
  for (const byte of bytes) heard += opening.take(Buffer.from([byte]));
  expect(heard.trim().split('\n')).toHaveLength(2);
});

it.each([
  ['a call', line({ id: 1, method: 'tools/call', params: { name: 'read_messages' } })],
  ['a page', line({ id: 1, method: 'tools/list', params: { cursor: 'x' } })],
  ['another hello', hello().replace('"id":0', '"id":7')],
  ['an id that was used', line({ id: 0, method: 'ping' })],
  ['no id', line({ method: 'ping' })],
  ['another notification', line({ method: 'notifications/cancelled', params: { requestId: 0 } })],
  ['an answer', line({ id: 1, result: {} })],
  ['no message', '[]\n'],
  ['null', 'null\n'],
  ['no JSON', 'hello\n'],
  ['an inherited name', line({ id: 1, method: 'constructor' })],
])('is over with %s, keeping all that was said', (_what, said) => {
  const { heard, opening } = talk(hello() + ready, said, 'more');
  expect(heard).toHaveLength(1);
  expect(opening.isOver).toBe(true);
  expect(opening.answered).toEqual(new Set([0]));
  expect(opening.read.toString()).toBe(`${hello()}${ready}${said}more`);
});

it.each([
  ['a version that was not recorded', hello('2031-01-01')],
  ['an inherited name for a version', hello('constructor')],
  ['a question before hello', line({ id: 1, method: 'tools/list' })],
  ['a notification before hello', ready],
])('does not begin with %s', (_what, said) => {
  const { heard, opening } = talk(said);
  expect(heard).toEqual([]);
  expect(opening.isOver).toBe(true);
});
