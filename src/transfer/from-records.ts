/** What the records of an export become in the store. */
import type { ModeSwitch, ToolCall } from '../model/model.ts';
import type { ExportOf } from '../model/export-records.ts';
import type { NewTurn } from '../store/transfer.ts';
import type { NewImport } from '../store/importing.ts';

export function fromSession(record: ExportOf<'session'>): {
  session: NewImport;
  switches: Omit<ModeSwitch, 'sessionId'>[];
} {
  return {
    session: {
      id: record.id,
      name: record.name,
      mode: record.mode,
      root: record.root,
      study: record.study,
      agent: record.agent,
      model: record.model,
      agentSessionId: record.agent_session_id,
      systemPrompt: record.system_prompt,
      attachments: record.attachments,
      mcpConfigs: record.mcp_configs,
      warm: record.warm,
      pinned: record.pinned,
      tags: record.tags,
      budgetUsd: record.budget_usd,
      createdAt: Date.parse(record.created_at),
      lastActiveAt: Date.parse(record.last_active_at),
      trashedAt: record.trashed_at === null ? null : Date.parse(record.trashed_at),
    },
    switches: record.mode_switches.map((each) => ({ ...each, at: Date.parse(each.at) })),
  };
}

export function fromTurn(record: ExportOf<'turn'>): NewTurn['turn'] {
  return {
    status: record.status,
    continuity: record.continuity,
    limits: record.limits,
    errorCode: record.error_code,
    errorMessage: record.error_message,
    usage: record.usage,
    usageByModel: record.usage_by_model,
    costUsd: record.cost_usd,
    numTurns: record.num_turns,
    permissionDenials: record.permission_denials,
    durationMs: record.duration_ms,
    ttftMs: record.ttft_ms,
    model: record.model,
    agentVersion: record.agent_version,
    exitCode: record.exit_code,
    queuedAt: Date.parse(record.queued_at),
    startedAt: record.started_at === null ? null : Date.parse(record.started_at),
    endedAt: Date.parse(record.ended_at),
  };
}

export function fromToolCall(record: ExportOf<'tool_call'>): Omit<ToolCall, 'turnId'> {
  const { id, name, input, result, denied } = record;
  return { id, name, input, result, denied, isError: record.is_error, textOffset: record.text_offset };
}
