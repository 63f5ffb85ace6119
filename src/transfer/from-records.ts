/** Converts the records of an export for the store. */
import { SESSION, TURN } from '../model/codec.ts';
import type { ToolCall } from '../model/model.ts';
import type { RecordedChange } from '../model/session-change.ts';
import type { ExportOf } from '../model/export-records.ts';
import type { NewImport, NewTurn } from '../store/transfer-store.ts';

export function fromSession(record: ExportOf<'session'>): {
  session: NewImport;
  changes: Omit<RecordedChange, 'sessionId'>[];
} {
  const changes = record.changes ?? record.mode_switches.map((each) => ({ what: 'mode' as const, ...each }));
  return {
    session: SESSION.fromRecord(record),
    changes: changes.map((each) => ({ ...each, at: Date.parse(each.at) })),
  };
}

export function fromTurn(record: ExportOf<'turn'>): NewTurn['turn'] {
  const { id: _id, sessionId: _session, owner: _owner, ...turn } = TURN.fromRecord(record);
  return { ...turn, retryAt: null };
}

export function fromToolCall(record: ExportOf<'tool_call'>): Omit<ToolCall, 'turnId'> {
  const { id, name, input, result, denied } = record;
  return { id, name, input, result, denied, isError: record.is_error, textOffset: record.text_offset };
}
