import type { McpResponder } from './responder.ts';

/** What claude sends to a server of type `sdk`: a `control_request` with subtype `mcp_message`. */
export interface McpRequest {
  request_id: string;
  request: { message?: unknown };
}

/**
 * The line for claude's stdin that answers a request to a server of type `sdk`.
 *
 * Claude waits for one also where MCP has no answer: after a notification.
 */
export async function answerMcpRequest(
  { request_id, request }: McpRequest,
  responder: McpResponder,
): Promise<object> {
  const mcp_response = (await responder.answer(request.message)) ?? { jsonrpc: '2.0', result: {}, id: 0 };
  return {
    type: 'control_response',
    response: { subtype: 'success', request_id, response: { mcp_response } },
  };
}
