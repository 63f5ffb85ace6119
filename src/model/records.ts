/**
 * Every record that the tool prints, by its name in `session schema`, with its type.
 *
 * In code that runs in every turn, import only types: the values load valibot.
 */
import type * as v from 'valibot';
import * as exported from './export-records.ts';
import * as library from './library-records.ts';
import * as sessions from './session-records.ts';
import * as turns from './turn-records.ts';
import * as upkeep from './upkeep-records.ts';

export const RECORDS = {
  start: turns.start,
  text: turns.textPiece,
  discard: turns.discard,
  tool_call: turns.toolCallStart,
  tool_result: turns.toolResult,
  status: turns.status,
  error: turns.failure,
  done: turns.done,
  turn_document: turns.turnDocument,
  session: sessions.session,
  session_given: sessions.sessionGiven,
  session_details: sessions.sessionDetails,
  warm_agent: sessions.warmAgent,
  message: sessions.message,
  turn: sessions.turn,
  turn_reference: sessions.turnReference,
  approval: sessions.approval,
  mode_switch: sessions.modeSwitch,
  session_change: sessions.sessionChange,
  stopped: sessions.stopped,
  setting: sessions.setting,
  trust: sessions.trust,
  setting_paths: sessions.settingPaths,
  check: sessions.check,
  gc: upkeep.gc,
  gc_session: upkeep.gcSession,
  removal: upkeep.removal,
  store_status: upkeep.storeStatus,
  store_copy: upkeep.storeCopy,
  store_migrate: upkeep.storeMigrate,
  store_path: upkeep.storePath,
  store_backup: upkeep.storeBackup,
  search_hit: library.searchHit,
  stats: library.stats,
  import_report: library.importReport,
  export_header: exported.exportHeader,
  export_session: exported.exportSession,
  export_turn: exported.exportTurn,
  export_message: exported.exportMessage,
  export_content: exported.exportContent,
  export_file: exported.exportFile,
  export_tool_call: exported.exportToolCall,
  export_end: exported.exportEnd,
} as const;

type Of<Name extends keyof typeof RECORDS> = v.InferOutput<(typeof RECORDS)[Name]>;

export type StartRecord = Of<'start'>;
export type TextRecord = Of<'text'>;
export type DiscardRecord = Of<'discard'>;
export type ToolCallRecord = Of<'tool_call'>;
export type ToolResultRecord = Of<'tool_result'>;
export type StatusRecord = Of<'status'>;
export type ErrorRecord = Of<'error'>;
export type DoneRecord = Of<'done'>;
export type SearchRecord = Of<'search_hit'>;
export type StatsRecord = Of<'stats'>;
export type ImportRecord = Of<'import_report'>;
export type SessionRecord = Of<'session'>;
export type SessionGivenRecord = Of<'session_given'>;
export type SessionDetailsRecord = Of<'session_details'>;
export type StoppedRecord = Of<'stopped'>;
export type TurnReferenceRecord = Of<'turn_reference'>;
export type WarmRecord = Of<'warm_agent'>;
export type MessageRecord = Of<'message'>;
export type TurnSummaryRecord = Of<'turn'>;
export type ApprovalRecord = Of<'approval'>;
export type ModeSwitchRecord = Of<'mode_switch'>;
export type SessionChangeRecord = Of<'session_change'>;
export type SettingRecord = Of<'setting'>;
export type SettingPathsRecord = Of<'setting_paths'>;
export type TrustRecord = Of<'trust'>;
export type CheckRecord = Of<'check'>;
export type GcRecord = Of<'gc'>;
export type GcSessionRecord = Of<'gc_session'>;
export type RemovalRecord = Of<'removal'>;
export type StoreStatusRecord = Of<'store_status'>;
export type StoreCopyRecord = Of<'store_copy'>;
export type StoreMigrateRecord = Of<'store_migrate'>;
export type StorePathRecord = Of<'store_path'>;
export type StoreBackupRecord = Of<'store_backup'>;
/** What `send --ndjson` and `watch --ndjson` print. */
export type TurnRecord =
  | StartRecord
  | TextRecord
  | DiscardRecord
  | ToolCallRecord
  | ToolResultRecord
  | StatusRecord
  | ErrorRecord
  | DoneRecord;
/** A finished call, as in `done` and in messages. */
export type FinishedToolCall = DoneRecord['tool_calls'][number];

/** A text that may be too long for memory: a string, or pieces in order. */
export type TextSource = string | Iterable<string> | AsyncIterable<string>;

/** A message to be printed. Its content may come in pieces, which can be read repeatedly. */
export type MessageOutput = Omit<MessageRecord, 'content'> & { content: TextSource };

/** `done` for a renderer. */
export type DoneOutput = Omit<DoneRecord, 'text'> & { text: TextSource };

/** The records of a turn for a renderer. The text of `done` may come in pieces. */
export type TurnOutput = Exclude<TurnRecord, DoneRecord> | DoneOutput;
