import { createHash } from 'node:crypto';
import type { Session, ToolCall } from '../core/model.ts';
import type { Store } from '../store/store.ts';
import type { NewImport, NewTurn } from '../store/transfer.ts';
import type { IncomingSession } from './incoming.ts';
import type { Masking } from './source.ts';

/** What became of an import. */
export interface Tally {
  sessions: number;
  turns: number;
  knownTurns: number;
  /** Sessions that were added or added to. */
  ids: Set<string>;
}

/** What may be stored of an incoming session, and how. */
export interface IntakeRules {
  masking: Masking | undefined;
  /** The session as it may be here: which mode, whether the agent still has its conversation. */
  admit(session: NewImport): NewImport;
}

const TURNS_AT_ONCE = 100;
const CHARS_AT_ONCE = 500_000;

/** Puts incoming sessions into the store, each turn once, however often it comes; a few turns at a time. */
export class Intake {
  readonly tally: Tally = { sessions: 0, turns: 0, knownTurns: 0, ids: new Set() };
  readonly #store: Store;
  readonly #rules: IntakeRules;
  #sessionId = '';
  #isKnown: (turn: NewTurn) => boolean = () => false;
  #waiting: NewTurn[] = [];
  #chars = 0;

  constructor(store: Store, rules: IntakeRules) {
    this.#store = store;
    this.#rules = rules;
  }

  async begin({ session, switches, knownBy }: IncomingSession): Promise<void> {
    await this.flush();
    const { id, known } = await this.#identify(session, knownBy);
    this.#sessionId = id;
    if (known === undefined) {
      await this.#store.addSession({ ...this.#rules.admit(session), id }, switches);
      this.tally.sessions++;
      this.tally.ids.add(id);
      this.#isKnown = () => false;
      return;
    }
    const { queuedAt, lastEndedAt } = await this.#store.readTurnTimes(id);
    this.#isKnown = knownBy === 'time' ? eachOnce(queuedAt) : ({ turn }) => turn.queuedAt <= lastEndedAt;
  }

  async add(turn: NewTurn): Promise<void> {
    if (this.#isKnown(turn)) {
      this.tally.knownTurns++;
      return;
    }
    this.tally.turns++;
    this.tally.ids.add(this.#sessionId);
    this.#waiting.push(this.#rules.masking === undefined ? turn : maskTurn(turn, this.#rules.masking));
    for (const { pieces } of turn.messages) for (const piece of pieces) this.#chars += piece.length;
    if (this.#waiting.length >= TURNS_AT_ONCE || this.#chars >= CHARS_AT_ONCE) await this.flush();
  }

  async flush(): Promise<void> {
    if (this.#waiting.length > 0) await this.#store.addTurns(this.#sessionId, this.#waiting);
    this.#waiting = [];
    this.#chars = 0;
  }

  /** The session it is here, if it is; else a free id for it, which is always the same for the same session. */
  async #identify(
    { id: wanted, agentSessionId, createdAt }: NewImport,
    knownBy: IncomingSession['knownBy'],
  ): Promise<{ id: string; known: Session | undefined }> {
    const isTold = knownBy === 'order' && agentSessionId !== null;
    const own = isTold ? await this.#store.findByAgentSession(agentSessionId) : undefined;
    if (own !== undefined) return { id: own.id, known: own };
    for (
      let id = wanted;
      ;
      id = createHash('sha256').update(`${id}:${createdAt}`).digest('hex').slice(0, 8)
    ) {
      const known = await this.#store.findSession(id);
      if (known === undefined || known.createdAt === createdAt) return { id, known };
    }
  }
}

/** Whether a turn of that time is here, as often as there is one. */
function eachOnce(times: readonly number[]): (turn: NewTurn) => boolean {
  const left = new Map<number, number>();
  for (const at of times) left.set(at, (left.get(at) ?? 0) + 1);
  return ({ turn }) => {
    const count = left.get(turn.queuedAt) ?? 0;
    left.set(turn.queuedAt, count - 1);
    return count > 0;
  };
}

function maskTurn({ turn, messages, toolCalls, isCopy }: NewTurn, masking: Masking): NewTurn {
  const { text, json } = masking;
  const masks = new Map(messages.map(({ role }) => [role, masking.mask()]));
  return {
    isCopy,
    turn: {
      ...turn,
      errorMessage: turn.errorMessage && text(turn.errorMessage),
      permissionDenials: json(turn.permissionDenials) as typeof turn.permissionDenials,
    },
    messages: messages.map((message) => {
      const mask = masks.get(message.role)!;
      for (const piece of message.pieces) mask.add(piece);
      return { ...message, pieces: [mask.takeAll()] };
    }),
    toolCalls: [...toolCalls].map((call): Omit<ToolCall, 'turnId'> => ({
      ...call,
      input: json(call.input),
      result: call.result && text(call.result),
      textOffset: masks.get('assistant')?.toMasked(call.textOffset) ?? call.textOffset,
    })),
  };
}
