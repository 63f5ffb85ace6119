import { SESSION } from '../model/codec.ts';
import type { Session, SessionSummary } from '../model/model.ts';
import { requireTexts } from './rows.ts';

/** What a list of sessions need not read. */
const DETAILS = new Set([
  'agent_since_turn',
  'agent_context',
  'agent_spent',
  'fork',
  'system_prompt',
  'attachments',
  'mcp_configs',
]);

/** The columns of a session's summary. */
export const SUMMARY_COLUMNS = SESSION.columns.filter((column) => !DETAILS.has(column));

export function toSession(row: object): Session {
  requireTexts(row, ['mcp_configs', 'attachments']);
  return fromRow(row);
}

/** Of a row of the summary's columns. */
export function toSummary(row: object): SessionSummary {
  return fromRow(row);
}

function fromRow(row: object): Session {
  requireTexts(row, ['id', 'mode', 'root', 'agent', 'tags']);
  const session = SESSION.fromRow(row);
  return { ...session, costUsd: roundUsd(session.costUsd) };
}

/** A sum of prices, without the digits that floating point made up. */
function roundUsd(usd: number): number {
  return Math.round(usd * 1e9) / 1e9;
}
