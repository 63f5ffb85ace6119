import { SESSION } from '../model/codec.ts';
import { SESSION_DETAILS } from '../model/model.ts';
import type { Session, SessionSummary } from '../model/model.ts';
import { requireTexts } from './rows.ts';

/** The columns of a session's summary. */
export const SUMMARY_COLUMNS = SESSION.columns(SESSION_DETAILS);

export function toSession(row: object): Session {
  requireTexts(row, ['mcp_configs', 'attachments']);
  return fromRow(row);
}

/** Converts a row with the summary's columns. */
export function toSummary(row: object): SessionSummary {
  return fromRow(row);
}

function fromRow(row: object): Session {
  requireTexts(row, ['id', 'mode', 'root', 'agent', 'tags']);
  const session = SESSION.fromRow(row);
  return { ...session, costUsd: roundUsd(session.costUsd) };
}

/** Removes the rounding errors of floating-point sums. */
function roundUsd(usd: number): number {
  return Math.round(usd * 1e9) / 1e9;
}
