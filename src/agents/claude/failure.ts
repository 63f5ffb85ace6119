import type { Failure, FailureFacts } from '../agent.ts';
import type { AgentResult } from '../events.ts';
import type { ErrorCode } from '../../errors.ts';

interface Rule {
  pattern: RegExp;
  code?: ErrorCode;
  reason?: Failure['reason'];
  hint?: string;
}

const LATER = 'Try again later, or let send wait for it with --wait-limit.';

/** The known messages of the agent, on stderr or in a result. The first that matches applies. */
const RULES: readonly Rule[] = [
  {
    pattern: /No conversation found with session ID|--resume requires a valid session ID/,
    reason: 'no_conversation',
  },
  { pattern: /Session ID \S+ is already in use/, reason: 'id_in_use' },
  {
    pattern: /Not logged in|Please run \/login/,
    code: 'NOT_LOGGED_IN',
    hint: 'Run `claude` once and log in, or set ANTHROPIC_API_KEY.',
  },
  {
    pattern: /Invalid API key|Failed to authenticate|OAuth token (has )?expired|authentication_error/i,
    code: 'NOT_LOGGED_IN',
    hint: 'Check ANTHROPIC_API_KEY, or run `claude` and log in again.',
  },
  {
    pattern: /Credit balance is too low/,
    hint: 'Add credit to the account behind the API key, or use another key.',
  },
  {
    pattern: /cannot be used with root\/sudo privileges/,
    code: 'POWER_FORBIDDEN',
    hint: 'Claude refuses power mode as root. Run as another user or, in a container that is safe to break, set IS_SANDBOX=1.',
  },
  {
    pattern: /Reached max(imum number of)? turns/,
    code: 'TURN_LIMIT',
    hint: 'Raise --max-turns, or send another message to go on.',
  },
  {
    pattern: /Reached maximum budget/,
    code: 'BUDGET_EXCEEDED',
    hint: 'Raise --max-budget-usd, or send another message to go on.',
  },
  { pattern: /issue with the selected model/, hint: 'Choose another model with --model.' },
  {
    pattern: /Prompt is too long|Request too large|piped stdin input exceeds/,
    hint: 'Send less: fewer or smaller --context files, or the path of a file instead of its content.',
  },
  {
    pattern: /Configuration error in \S*\.claude\.json/,
    hint: 'Repair or remove that file; claude writes a new one when you log in.',
  },
  {
    pattern: /Invalid MCP configuration/,
    code: 'MCP_CONFIG_INVALID',
    hint: 'See the MCP configuration with `session send --dry-run`.',
  },
  {
    pattern: /unknown option|Allowed choices are/,
    hint: 'This claude is older or newer than the one session is made for: see `session doctor`.',
  },
  {
    pattern: /^(You've hit your|Claude.* usage limit reached|API Error: Request rejected \(429\))/,
    code: 'LIMIT_REACHED',
    hint: LATER,
  },
  {
    pattern: /^API Error: (529 Overloaded|Overloaded|Repeated 529)/,
    code: 'OVERLOADED',
    hint: LATER,
  },
  {
    pattern: /server-side issue/,
    hint: 'The API has a fault: try again later, or raise --max-retries.',
  },
  {
    pattern:
      /Unable to connect to API|Request timed out|Connection (refused|dropped|closed)|Can't reach the API|\(E[A-Z_]{4,}\)/,
    hint: 'Check the network and ANTHROPIC_BASE_URL.',
  },
  {
    pattern: /unable to respond to this request|safeguards flagged this message/,
    hint: 'Rephrase the message, or go on in a new session.',
  },
];

const SUBTYPE_CODES: Record<string, ErrorCode> = {
  error_max_turns: 'TURN_LIMIT',
  error_max_budget_usd: 'BUDGET_EXCEEDED',
  error_max_structured_output_retries: 'OUTPUT_INVALID',
};

/** Describes why a turn did not complete, with the agent's message when there is one. */
export function classifyFailure({ result, retryAt = null, stderr = '', exit = null }: FailureFacts): Failure {
  if (result?.terminalReason?.startsWith('aborted_') === true) {
    return {
      reason: 'interrupted',
      code: 'INTERRUPTED',
      message: 'The turn was interrupted.',
      hint: undefined,
      retryAt: null,
    };
  }
  const words = cut((result?.message ?? '').trim()) || cut(lastLines(stderr));
  const rule = RULES.find(({ pattern }) => pattern.test(words));
  const code =
    SUBTYPE_CODES[result?.subtype ?? ''] ??
    STATUS_CODES[result?.apiErrorStatus ?? 0] ??
    rule?.code ??
    'AGENT_FAILED';
  const hint = code === 'LIMIT_REACHED' || code === 'OVERLOADED' ? LATER : rule?.hint;
  const isLater = code === 'LIMIT_REACHED' && retryAt !== null;
  return {
    reason: rule?.reason ?? 'other',
    code,
    message: words === '' ? describeExit(result, exit) : words,
    hint: isLater ? `The limit ends at ${new Date(retryAt).toISOString()}. ${hint}` : hint,
    retryAt: isLater ? retryAt : null,
  };
}

const STATUS_CODES: Record<number, ErrorCode> = {
  401: 'NOT_LOGGED_IN',
  403: 'NOT_LOGGED_IN',
  429: 'LIMIT_REACHED',
  529: 'OVERLOADED',
};

const SHOWN_LINES = 5;
const SHOWN_CHARS = 2000;

function lastLines(text: string): string {
  return text.trim().split('\n').slice(-SHOWN_LINES).join('\n').trim();
}

/** The beginning of a very long message, and the length of the rest. */
function cut(words: string): string {
  if (words.length <= SHOWN_CHARS) return words;
  const head = words.slice(0, SHOWN_CHARS).replace(/[\uD800-\uDBFF]$/, '');
  return `${head}… (${words.length - head.length} more characters)`;
}

function describeExit(result: AgentResult | null, exit: FailureFacts['exit']): string {
  if (result !== null)
    return `The agent ended the turn without a reason (${result.subtype || 'no subtype'}).`;
  if (exit?.signal) return `The agent was killed (${exit.signal}) before it ended the turn.`;
  const status = exit?.code === null || exit?.code === undefined ? '' : ` with status ${exit.code}`;
  return `The agent exited${status} before it ended the turn.`;
}
