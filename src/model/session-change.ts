/** The recorded changes of a session by users. */
import type { Mode, Session } from './model.ts';

/** Who changes something, and when. */
export interface Author {
  /** The name of the system's user. */
  by: string;
  at: number;
}

/** The fields whose changes are recorded, by their names in records. */
const RECORDED = {
  name: 'name',
  mode: 'mode',
  root: 'root',
  study: 'study',
  model: 'model',
  effort: 'effort',
  fallbackModel: 'fallback_model',
  addedDirs: 'added_dirs',
  systemPrompt: 'system_prompt',
  attachments: 'context_files',
  mcpConfigs: 'mcp_configs',
  allowedTools: 'allowed_tools',
  ask: 'ask',
  warm: 'warm',
  pinned: 'pinned',
  tags: 'tags',
  budgetUsd: 'budget_usd',
} as const satisfies Partial<Record<keyof Session, string>>;

type Recorded = keyof typeof RECORDED;
export type ChangedField = (typeof RECORDED)[Recorded];
export const CHANGED_FIELDS = Object.values(RECORDED) as ChangedField[];

/** One field of a session that a user has changed. */
export interface RecordedChange extends Author {
  sessionId: string;
  what: ChangedField;
  /** For attached files only their paths. */
  from: unknown;
  to: unknown;
}

/** A change of the mode. */
export interface ModeSwitch extends RecordedChange {
  what: 'mode';
  from: Mode;
  to: Mode;
}

export function isModeSwitch(change: Omit<RecordedChange, 'sessionId'>): change is ModeSwitch {
  return change.what === 'mode';
}

/** The fields that differ, in the order above. */
export function findChanges(before: Session, after: Session, author: Author): RecordedChange[] {
  return (Object.keys(RECORDED) as Recorded[])
    .filter((field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]))
    .map((field) => ({
      sessionId: before.id,
      what: RECORDED[field],
      from: toKept(field, before),
      to: toKept(field, after),
      ...author,
    }));
}

function toKept(field: Recorded, session: Session): unknown {
  return field === 'attachments' ? session.attachments.map(({ path }) => path) : session[field];
}
