/**
 * Masking secrets in what we write (the setting `redact`). A turn carries what is to be masked in it, so that whoever
 * ends it, in whatever process, masks the same. The agent itself is given the message as it is.
 */
import type { LoggedAnswer } from '../agents/answer/answer-source.ts';
import type { Settings } from '../settings/schema.ts';
import type { TurnEnd } from '../store/turn-store.ts';
import { Mask, MASK, maskTogether } from './mask.ts';
import type { Redaction, TurnLimits } from '../model/model.ts';
import { isSecretName, SECRET_PATTERNS } from './secret-patterns.ts';

export interface Redactor {
  text(text: string): string;
  /** The same over a text in pieces, also where a secret lies across them. */
  pieces(pieces: Iterable<string>): Iterable<string>;
  /** The same over texts that belong together, such as the text blocks of one message. */
  together(texts: readonly string[]): string[];
  /** All texts in a value, keys too; what goes by a name like `password` is masked whatever it is. */
  json(value: unknown): unknown;
  /** For texts that are masked as they come. */
  mask(): Mask;
}

/** What the settings want masked; undefined where they want nothing. */
export function chooseRedaction({ redact }: Pick<Settings, 'redact'>): Redaction | undefined {
  return redact.enabled ? { patterns: redact.patterns ?? null, stream: redact.stream } : undefined;
}

/** Masks texts as the settings want; changes nothing where they want nothing. */
export function createMasker(settings: Pick<Settings, 'redact'>): (text: string) => string {
  const redaction = chooseRedaction(settings);
  return redaction === undefined ? (text) => text : createRedactor(redaction).text;
}

export function createRedactor({ patterns }: Pick<Redaction, 'patterns'>): Redactor {
  const all = patterns?.map((source) => new RegExp(source, 'gu')) ?? SECRET_PATTERNS;
  const text = (whole: string): string => [...pieces([whole])].join('');
  function* pieces(given: Iterable<string>): Generator<string> {
    yield* maskPieces(new Mask(all), given);
  }
  const json = (value: unknown, name = ''): unknown => {
    if (typeof value === 'string')
      return value !== '' && patterns === null && isSecretName(name) ? MASK : text(value);
    if (Array.isArray(value)) return value.map((each) => json(each, name));
    if (typeof value !== 'object' || value === null) return value;
    return maskEntries(value, text, json);
  };
  return { text, pieces, together: (texts) => maskTogether(texts, all), json, mask: () => new Mask(all) };
}

/** Keys that are the same when they are masked are numbered, so that no value is lost. */
function maskEntries(
  value: object,
  text: (key: string) => string,
  json: (value: unknown, name: string) => unknown,
): Record<string, unknown> {
  const masked = new Map<string, unknown>();
  for (const [key, each] of Object.entries(value)) {
    const safe = text(key);
    let name = safe;
    for (let count = 2; masked.has(name); count++) name = `${safe} ${count}`;
    masked.set(name, json(each, key));
  }
  return Object.fromEntries(masked);
}

function* maskPieces(mask: Mask, pieces: Iterable<string>): Generator<string> {
  for (const piece of pieces) {
    mask.add(piece);
    const safe = mask.takeSafe();
    if (safe !== '') yield safe;
  }
  const rest = mask.takeAll();
  if (rest !== '') yield rest;
}

/** An answer as it may be stored. Its pieces are to be read before its tool calls, whose places in it move with them. */
export function redactAnswer(answer: LoggedAnswer, { redact }: TurnLimits): LoggedAnswer {
  if (redact === undefined) return answer;
  const redactor = createRedactor(redact);
  let mask = redactor.mask();
  return {
    ...answer,
    pieces: () => maskPieces((mask = redactor.mask()), answer.pieces()),
    *toolCalls() {
      for (const call of answer.toolCalls())
        yield {
          ...call,
          input: redactor.json(call.input),
          result: call.result && redactor.text(call.result),
          textOffset: mask.toMasked(call.textOffset),
        };
    },
  };
}

/** A failure as it may be told: it quotes the agent, and goes to logs and terminals whether the answer is masked there or not. */
export function redactFailure<Failure extends { message: string; hint: string | undefined }>(
  failure: Failure,
  { redact }: TurnLimits,
): Failure {
  if (redact === undefined) return failure;
  const { text } = createRedactor(redact);
  return { ...failure, message: text(failure.message), hint: failure.hint && text(failure.hint) };
}

/** What else is said of a turn's end, as it may be stored. */
export function redactEnd(end: TurnEnd, { redact }: TurnLimits): TurnEnd {
  if (redact === undefined) return end;
  const { json, text } = createRedactor(redact);
  return {
    ...end,
    permissionDenials: json(end.permissionDenials) as TurnEnd['permissionDenials'],
    output: json(end.output),
    errorMessage: end.errorMessage && text(end.errorMessage),
  };
}
