import prettyMs from 'pretty-ms';
import type { ApprovalRecord } from '../model/records.ts';
import { indentLines, oneLine } from '../text/safe-text.ts';
import { renderAge } from './sessions.ts';

/** The number of characters of an id that are shown, or more when needed to be unique. */
const SHORT = 6;
const CALL_CHARS = 60;
/** Longer values are cut. */
const SHOWN_CHARS = 4000;

/** The beginning of an id, long enough to be unique among others. */
export function shortenId(id: string, others: readonly string[] = []): string {
  let length = SHORT;
  while (others.some((other) => other !== id && other.startsWith(id.slice(0, length)))) length++;
  return id.slice(0, length);
}

/** A call in a few words. */
export function renderCall(tool: string, input: unknown): string {
  const words = [...`${tool} ${JSON.stringify(input)}`];
  return words.length > CALL_CHARS ? `${words.slice(0, CALL_CHARS).join('')}…` : words.join('');
}

/** Calls that wait for an answer, each with its whole input, so that users know what they approve. */
export function renderApprovals(approvals: readonly ApprovalRecord[], now: number): string {
  const ids = approvals.map(({ id }) => id);
  return approvals.map((approval) => renderApproval(approval, shortenId(approval.id, ids), now)).join('\n');
}

function renderApproval(approval: ApprovalRecord, id: string, now: number): string {
  const { tool, input, session_id, turn_id, asked_at, expires_at, rule } = approval;
  const left = prettyMs(Math.max(Date.parse(expires_at) - now, 0), { compact: true });
  const asked = renderAge(Date.parse(asked_at), now);
  return [
    `${id}  ${oneLine(tool)}  (turn ${turn_id} of session ${session_id}, asked ${asked}, denied in ${left})`,
    ...renderInput(input),
    ...(rule === null ? [] : [`  --always allows ${oneLine(rule)}`]),
    '',
  ].join('\n');
}

function renderInput(input: unknown): string[] {
  const values = typeof input === 'object' && input !== null ? Object.entries(input) : [['input', input]];
  return values.map(([name, value]) => {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    const more = text.length - SHOWN_CHARS;
    const shown = more > 0 ? `${text.slice(0, SHOWN_CHARS)}… (${more} more characters, see --json)` : text;
    return `  ${oneLine(String(name))}: ${indentLines(indentLines(shown))}`;
  });
}
