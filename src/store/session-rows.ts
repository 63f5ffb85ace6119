/** Rows of `sessions`, whole and as summaries, and how they become the model's nouns. Flags are 0 or 1; lists and objects are JSON. */
import type { Mode, Session, SessionSummary } from '../model/model.ts';

export interface SessionRow {
  id: string;
  name: string | null;
  mode: Mode;
  root: string;
  study: string | null;
  agent: Session['agent'];
  model: string | null;
  agent_session_id: string | null;
  agent_since_turn: number | null;
  agent_context: string | null;
  agent_spent: string | null;
  fork: string | null;
  warm: number;
  pinned: number;
  budget_usd: number | null;
  created_at: number;
  last_active_at: number;
  trashed_at: number | null;
  message_count: number;
  turn_count: number;
  cost_usd: number;
  tags: string;
  mcp_configs: string;
  system_prompt: string | null;
  attachments: string;
}

/** The columns of a session's summary. */
export const SUMMARY_COLUMNS = [
  'id',
  'name',
  'mode',
  'root',
  'study',
  'agent',
  'model',
  'agent_session_id',
  'warm',
  'pinned',
  'tags',
  'budget_usd',
  'created_at',
  'last_active_at',
  'trashed_at',
  'message_count',
  'turn_count',
  'cost_usd',
] as const satisfies (keyof SessionRow)[];

export type SummaryRow = Pick<SessionRow, (typeof SUMMARY_COLUMNS)[number]>;

export function toSession(row: SessionRow): Session {
  return {
    ...toSummary(row),
    agentSinceTurn: row.agent_since_turn,
    agentContext: row.agent_context === null ? null : JSON.parse(row.agent_context),
    agentSpent: row.agent_spent === null ? null : JSON.parse(row.agent_spent),
    fork: row.fork === null ? null : JSON.parse(row.fork),
    systemPrompt: row.system_prompt,
    attachments: JSON.parse(row.attachments),
    mcpConfigs: JSON.parse(row.mcp_configs),
  };
}

export function toSummary(row: SummaryRow): SessionSummary {
  return {
    id: row.id,
    name: row.name,
    mode: row.mode,
    root: row.root,
    study: row.study,
    agent: row.agent,
    model: row.model,
    agentSessionId: row.agent_session_id,
    warm: row.warm !== 0,
    pinned: row.pinned !== 0,
    tags: JSON.parse(row.tags),
    budgetUsd: row.budget_usd,
    createdAt: row.created_at,
    lastActiveAt: row.last_active_at,
    trashedAt: row.trashed_at,
    messageCount: row.message_count,
    turnCount: row.turn_count,
    costUsd: roundUsd(row.cost_usd),
  };
}

/** A sum of prices, without the digits that floating point made up. */
function roundUsd(usd: number): number {
  return Math.round(usd * 1e9) / 1e9;
}
