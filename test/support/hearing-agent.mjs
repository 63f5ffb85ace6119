/**
 * An agent that writes every line of its stdin, unchanged, to the file AGENT_HEARD, and answers `heard` to each
 * message. CLAUDE_SESSION_CLAUDE selects it instead of claude.
 */
import { appendFileSync } from 'node:fs';

const print = (record) => process.stdout.write(`${JSON.stringify({ session_id: SESSION, ...record })}\n`);
const SESSION = '11111111-1111-4111-8111-111111111111';

/** Does not use readline, which treats U+2028 as the end of a line. */
let heard = Buffer.alloc(0);
for await (const piece of process.stdin) {
  heard = Buffer.concat([heard, piece]);
  for (let end = heard.indexOf(10); end !== -1; end = heard.indexOf(10)) {
    answer(heard.subarray(0, end).toString());
    heard = heard.subarray(end + 1);
  }
}

function answer(line) {
  appendFileSync(process.env.AGENT_HEARD, `${line}\n`);
  if (JSON.parse(line).type !== 'user') return;
  print({ type: 'system', subtype: 'init', model: 'hearing', mcp_servers: [], claude_code_version: '0' });
  print({
    type: 'assistant',
    message: { id: 'msg_1', role: 'assistant', content: [{ type: 'text', text: 'heard' }] },
  });
  print({
    type: 'result',
    subtype: 'success',
    is_error: false,
    result: 'heard',
    num_turns: 1,
    total_cost_usd: 0,
    permission_denials: [],
  });
}
