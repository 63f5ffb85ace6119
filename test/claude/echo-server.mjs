// An MCP server with one tool, over stdio, as a user would write it.
import { McpServer } from '@modelcontextprotocol/server';
import { StdioServerTransport } from '@modelcontextprotocol/server/stdio';
import { toStandardJsonSchema } from '@valibot/to-json-schema';
import * as v from 'valibot';

const server = new McpServer({ name: 'echo', version: '1.0.0' });
server.registerTool(
  'echo',
  { description: 'Says it back', inputSchema: toStandardJsonSchema(v.object({ text: v.string() })) },
  ({ text }) => ({ content: [{ type: 'text', text: `echo of ${text}` }] }),
);
await server.connect(new StdioServerTransport());
