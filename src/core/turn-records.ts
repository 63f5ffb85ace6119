import type { AnswerUpdate } from '../agent/answer.ts';
import type { TurnOutput } from '../output/records.ts';
import type { Continuity, Session, Turn } from './model.ts';

/** Puts what an agent says into the records that a reader of the turn gets. */
export class TurnNarrator {
  private readonly session: Session;
  private readonly ids: { session_id: string; turn_id: number };
  private readonly continuity: Continuity;
  /** Lengths of the text records that may yet be superseded. */
  private lengths: number[] = [];

  constructor(session: Session, turn: Turn, continuity: Continuity) {
    this.session = session;
    this.ids = { session_id: session.id, turn_id: turn.id };
    this.continuity = continuity;
  }

  tell(update: AnswerUpdate): TurnOutput[] {
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

  /** How many of the latest text records make up this many characters. */
  private countBack(length: number): number {
    let count = 0;
    for (let left = length; left > 0 && this.lengths.length > 0; count++) left -= this.lengths.pop()!;
    return count;
  }
}
