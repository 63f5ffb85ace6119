import type { AnswerUpdate } from '../agents/answer/answer.ts';
import type { TurnOutput } from '../model/records.ts';
import { LiveMask } from './live-mask.ts';
import type { Continuity, Session, Turn } from '../model/model.ts';
import { createRedactor } from './redact.ts';
import type { Redactor } from './redact.ts';

/** Turns an agent's updates into the records for a reader of the turn. */
export class TurnNarrator {
  private readonly session: Session;
  private readonly ids: { session_id: string; turn_id: number };
  private readonly continuity: Continuity;
  /** The lengths of text records that may still be superseded. */
  private lengths: number[] = [];
  private readonly live: LiveMask | undefined;
  private readonly redactor: Redactor | undefined;

  constructor(session: Session, turn: Turn, continuity: Continuity) {
    this.session = session;
    this.ids = { session_id: session.id, turn_id: turn.id };
    this.continuity = continuity;
    const { redact } = turn.limits;
    if (redact?.stream !== true) return;
    this.live = new LiveMask(redact);
    this.redactor = createRedactor(redact);
  }

  tell(update: AnswerUpdate): TurnOutput[] {
    return this.live === undefined ? this.record(update) : this.tellMasked(update, this.live);
  }

  /** The records that were held back, at the end of the turn. */
  finish(): TurnOutput[] {
    return this.text(this.live?.flush() ?? '');
  }

  private tellMasked(update: AnswerUpdate, live: LiveMask): TurnOutput[] {
    const redactor = this.redactor!;
    if (update.type === 'text') return this.text(live.add(update.content));
    if (update.type === 'discard') {
      const { count, again } = live.discard(update.length);
      return [
        ...(count === 0 ? [] : [{ type: 'discard', ...this.ids, count } as const]),
        ...this.text(again),
      ];
    }
    if (update.type === 'tool_call') {
      const before = this.finish();
      live.settle();
      return [...before, ...this.record({ ...update, input: redactor.json(update.input) })];
    }
    if (update.type === 'tool_result')
      return this.record({ ...update, content: redactor.text(update.content) });
    if (update.type === 'status')
      return this.record({ ...update, detail: redactor.json(update.detail) as typeof update.detail });
    return this.record(update);
  }

  private text(content: string): TurnOutput[] {
    return content === '' ? [] : [{ type: 'text', ...this.ids, content }];
  }

  private record(update: AnswerUpdate): TurnOutput[] {
    const { ids } = this;
    switch (update.type) {
      case 'init':
        return [
          {
            type: 'start',
            ...ids,
            schema_version: 1,
            agent: this.session.agent,
            agent_version: update.agentVersion,
            model: update.model,
            mode: this.session.mode,
            study: this.session.study,
            continuity: this.continuity,
            mcp_servers: update.mcpServers,
          },
        ];
      case 'text':
        this.lengths.push(update.content.length);
        return [{ type: 'text', ...ids, content: update.content }];
      case 'discard':
        return [{ type: 'discard', ...ids, count: this.countBack(update.length) }];
      case 'tool_call':
        this.lengths = [];
        return [{ type: 'tool_call', ...ids, id: update.id, name: update.name, input: update.input }];
      case 'tool_result':
        return [
          {
            type: 'tool_result',
            ...ids,
            id: update.id,
            content: update.content,
            is_error: update.isError,
            denied: update.denied,
          },
        ];
      case 'status':
        return [{ type: 'status', ...ids, status: update.status, ...update.detail }];
    }
  }

  /** The number of the latest text records that contain this many characters. */
  private countBack(length: number): number {
    let count = 0;
    for (let left = length; left > 0 && this.lengths.length > 0; count++) left -= this.lengths.pop()!;
    return count;
  }
}
