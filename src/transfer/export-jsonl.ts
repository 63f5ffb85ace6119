import type { ExportOf, ExportRecord } from '../model/export-records.ts';
import { toTime } from '../model/to-record.ts';
import type { StoredTurn } from '../store/transfer.ts';
import { VERSION } from '../version.ts';
import type { OutgoingSession } from './source.ts';

/** The lines of an export that `import` reads; see output/export-records.ts. */
export async function* exportJsonl(sessions: AsyncIterable<OutgoingSession>): AsyncGenerator<string> {
  const count = { sessions: 0, turns: 0 };
  yield line({ type: 'export', version: 1, program: `session ${VERSION}`, exported_at: toTime(Date.now()) });
  for await (const outgoing of sessions) {
    count.sessions++;
    yield line(toSessionLine(outgoing));
    for await (const stored of outgoing.turns()) {
      count.turns++;
      yield line(toTurnLine(stored));
      for (const message of stored.messages) {
        const { role, createdAt } = message;
        let isFirst = true;
        for await (const content of outgoing.pieces(message)) {
          yield isFirst
            ? line({ type: 'message', turn_id: stored.turn.id, role, created_at: toTime(createdAt), content })
            : line({ type: 'content', content });
          isFirst = false;
        }
        if (isFirst)
          yield line({
            type: 'message',
            turn_id: stored.turn.id,
            role,
            created_at: toTime(createdAt),
            content: '',
          });
      }
      for (const call of stored.toolCalls)
        yield line({
          type: 'tool_call',
          turn_id: call.turnId,
          id: call.id,
          name: call.name,
          input: call.input,
          result: call.result,
          is_error: call.isError,
          denied: call.denied,
          text_offset: call.textOffset,
        });
    }
  }
  yield line({ type: 'end', ...count });
}

function line(record: ExportRecord): string {
  return `${JSON.stringify(record)}\n`;
}

function toSessionLine({ session, switches }: OutgoingSession): ExportOf<'session'> {
  return {
    type: 'session',
    id: session.id,
    name: session.name,
    mode: session.mode,
    root: session.root,
    study: session.study,
    agent: session.agent,
    model: session.model,
    agent_session_id: session.agentSessionId,
    system_prompt: session.systemPrompt,
    attachments: session.attachments,
    mcp_configs: session.mcpConfigs,
    warm: session.warm,
    pinned: session.pinned,
    tags: session.tags,
    budget_usd: session.budgetUsd,
    created_at: toTime(session.createdAt),
    last_active_at: toTime(session.lastActiveAt),
    trashed_at: session.trashedAt === null ? null : toTime(session.trashedAt),
    mode_switches: switches.map(({ from, to, by, at }) => ({ from, to, by, at: toTime(at) })),
  };
}

function toTurnLine({ turn, isCopy }: StoredTurn): ExportOf<'turn'> {
  return {
    type: 'turn',
    session_id: turn.sessionId,
    id: turn.id,
    status: turn.status as ExportOf<'turn'>['status'],
    continuity: turn.continuity,
    is_copy: isCopy,
    limits: { ...turn.limits },
    error_code: turn.errorCode,
    error_message: turn.errorMessage,
    usage: turn.usage,
    usage_by_model: turn.usageByModel,
    cost_usd: turn.costUsd,
    num_turns: turn.numTurns,
    permission_denials: turn.permissionDenials,
    duration_ms: turn.durationMs,
    ttft_ms: turn.ttftMs,
    model: turn.model,
    agent_version: turn.agentVersion,
    exit_code: turn.exitCode,
    queued_at: toTime(turn.queuedAt),
    started_at: turn.startedAt === null ? null : toTime(turn.startedAt),
    ended_at: toTime(turn.endedAt!),
  };
}
