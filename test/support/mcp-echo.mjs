/**
 * A small MCP server over stdio for tests, with tools that echo, fail, wait, crash and return their environment.
 *
 * Environment variables make it misbehave:
 *
 *   MCP_ECHO_DELAY_MS   answers nothing before this long after its start
 *   MCP_ECHO_SILENT     never answers
 *   MCP_ECHO_EXIT       exits at once with this status
 *   MCP_ECHO_NOISE      first prints a line that is not JSON
 *   MCP_ECHO_STUBBORN   ignores the end of stdin and every signal that can be ignored
 *   MCP_ECHO_PID_FILE   where it writes its pid
 */
import { writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

const { env } = process;
const text = (content, isError = false) => ({ content: [{ type: 'text', text: content }], isError });

const TOOLS = {
  echo: { properties: { text: { type: 'string' } }, run: (input) => text(`echo: ${input.text}`) },
  fail: { properties: {}, run: () => text('the tool failed on purpose', true) },
  wait: {
    properties: { ms: { type: 'number' } },
    run: async (input) => {
      await sleep(input.ms);
      return text(`waited ${input.ms} ms`);
    },
  },
  crash: { properties: {}, run: () => process.exit(1) },
  env: { properties: { name: { type: 'string' } }, run: (input) => text(env[input.name] ?? '(unset)') },
  args: { properties: {}, run: () => text(JSON.stringify(process.argv.slice(2))) },
};

const METHODS = {
  initialize: ({ protocolVersion }) => ({
    protocolVersion,
    capabilities: { tools: {} },
    serverInfo: { name: 'mcp-echo', version: '1.0.0' },
  }),
  ping: () => ({}),
  'tools/list': () => ({
    tools: Object.entries(TOOLS).map(([name, { properties }]) => ({
      name,
      inputSchema: { type: 'object', properties },
    })),
  }),
  'tools/call': ({ name, arguments: input = {} }) => TOOLS[name].run(input),
};

if (env.MCP_ECHO_PID_FILE) writeFileSync(env.MCP_ECHO_PID_FILE, String(process.pid));
if (env.MCP_ECHO_EXIT) process.exit(Number(env.MCP_ECHO_EXIT));
if (env.MCP_ECHO_NOISE) process.stdout.write('starting up…\n');
if (env.MCP_ECHO_STUBBORN) {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});
  setInterval(() => {}, 1_000_000);
}
await sleep(Number(env.MCP_ECHO_DELAY_MS ?? 0));

for await (const line of createInterface({ input: process.stdin })) {
  if (env.MCP_ECHO_SILENT) continue;
  const { id, method, params } = JSON.parse(line);
  if (id === undefined) continue;
  void answer(id, METHODS[method], params);
}

async function answer(id, method, params) {
  const reply =
    method === undefined
      ? { error: { code: -32601, message: 'Method not found' } }
      : { result: await method(params) };
  process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', id, ...reply })}\n`);
}
