import type { NewTurn } from '../store/transfer-store.ts';
import type { CallBook } from './transcript-calls.ts';
import type { ModelCall, TranscriptLine } from './transcript-line.ts';
import { TranscriptTurn } from './transcript-turn.ts';
import type { Speech } from './user-speech.ts';

/** A turn, identified by its first line. */
export interface KeyedTurn {
  key: string;
  turn: NewTurn;
}

/** A message of the user without an answer so far. */
interface Waiting {
  key: string;
  at: number;
  kind: Speech['kind'];
  text: string;
  isLocal?: boolean;
}

/**
 * Builds turns from the lines of a conversation. Memory is bounded by one turn.
 *
 * A turn begins with a message, a command or a summary, or without any when the agent spoke first. Commands that claude
 * itself answered are left out. Shell lines go before the next message. `book` contains all calls of the session. Calls
 * that are in none of the lines are counted in the turn at their time. Calls for which `isForeign` is true count for
 * another session.
 */
export function* buildTurns(
  lines: Iterable<TranscriptLine>,
  book: CallBook,
  options: { live: ReadonlySet<string>; isForeign: (callId: string) => boolean },
): Generator<KeyedTurn> {
  const others = book.others(options.live).filter(({ id }) => !options.isForeign(id));
  let next = 0;
  const finish = (turn: TranscriptTurn, until: number): KeyedTurn => {
    const own: ModelCall[] = [...turn.callIds].flatMap((id) => book.get(id) ?? []);
    const ours = own.filter(({ id }) => !options.isForeign(id));
    const beside: ModelCall[] = [];
    for (; next < others.length && others[next]!.at < until; next++) beside.push(others[next]!);
    const isCopy = own.length > 0 && ours.length + beside.length === 0;
    return { key: turn.key, turn: turn.build([...ours, ...beside], isCopy) };
  };
  // A turn is held until the next one begins, because calls up to that time belong to it.
  let held: TranscriptTurn | undefined;
  for (const turn of splitTurns(lines)) {
    if (held !== undefined) yield finish(held, turn.startedAt);
    held = turn;
  }
  if (held !== undefined) yield finish(held, Infinity);
}

function* splitTurns(lines: Iterable<TranscriptLine>): Generator<TranscriptTurn> {
  let open: TranscriptTurn | undefined;
  let waiting: Waiting[] = [];
  let hasTurns = false;
  const begin = (key: string, at: number, texts: string[]): TranscriptTurn => {
    const first = waiting[0];
    const turn = new TranscriptTurn(first?.key ?? key, first?.at ?? at, texts.join('\n\n'));
    waiting = [];
    return turn;
  };
  /** Makes a turn of the waiting message, which got no answer. */
  const beginUnanswered = (): TranscriptTurn | undefined => {
    const command = waiting.findLast(({ kind }) => kind === 'command' || kind === 'summary');
    waiting = waiting.filter(
      ({ kind, isLocal }) =>
        kind === 'shell' || (kind === 'command' && isLocal !== true) || (kind === 'summary' && !hasTurns),
    );
    if (waiting.length === 0) return undefined;
    const turn = begin('', 0, textsOf(waiting));
    if (command?.kind !== 'command' || command.isLocal === true) turn.settle();
    return turn;
  };
  for (const line of lines) {
    const { speech, role, uuid, at } = line;
    if (role === null) continue;
    if (role === 'assistant') {
      open ??= begin(uuid, at, textsOf(waiting));
      open.addAnswer(line);
      continue;
    }
    open?.addResults(line);
    if (speech === null) continue;
    const { kind, text } = speech;
    if (kind === 'interrupt') open?.interrupt(line);
    else if (kind === 'local') {
      const command = waiting.findLast((each) => each.kind === 'command');
      if (command !== undefined) command.isLocal = true;
    } else if (kind === 'note') {
      if (open === undefined && waiting.length === 0) waiting.push({ key: uuid, at, kind, text });
    } else {
      if (open !== undefined) {
        yield open;
        hasTurns = true;
        open = undefined;
      }
      const isKept = (each: Waiting): boolean =>
        each.kind === 'shell' || (each.kind === 'summary' && !hasTurns);
      if (waiting.some((each) => each.kind === 'command' && each.isLocal !== true)) {
        const turn = beginUnanswered();
        if (turn !== undefined) {
          yield turn;
          hasTurns = true;
        }
      }
      waiting = waiting.filter(isKept);
      if (kind === 'asked') open = begin(uuid, at, [...textsOf(waiting), text]);
      else waiting.push({ key: uuid, at, kind, text });
    }
  }
  if (open !== undefined) yield open;
  hasTurns ||= open !== undefined;
  const last = beginUnanswered();
  if (last !== undefined) yield last;
}

function textsOf(waiting: readonly Waiting[]): string[] {
  const texts: string[] = [];
  for (const [n, { kind, text }] of waiting.entries()) {
    const isOutput = kind === 'shell' && waiting[n - 1]?.kind === 'shell' && !text.startsWith('! ');
    if (isOutput) texts.push(`${texts.pop() ?? ''}\n${text}`);
    else if (text !== '') texts.push(text);
  }
  return texts;
}
