/**
 * Masks secrets in what we write (the setting `redact`). A turn stores what to mask, so that any process that ends it
 * masks the same. The agent gets the message unmasked.
 */
import type { LoggedAnswer } from '../agents/answer/answer-source.ts';
import type { Settings } from '../settings/schema.ts';
import type { TurnEnd } from '../store/turn-store.ts';
import { Mask, MASK, maskTogether } from './mask.ts';
import type { Redaction, TurnLimits } from '../model/model.ts';
import { isSecretName, SECRET_PATTERNS } from './secret-patterns.ts';

export interface Redactor {
  text(text: string): string;
  /** The same for a text in pieces, also when a secret spans them. */
  pieces(pieces: Iterable<string>): Iterable<string>;
  /** The same for texts that belong together, such as the text blocks of one message. */
  together(texts: readonly string[]): string[];
  /** All texts in a value, including keys. A value with a name like `password` is always masked. */
  json(value: unknown): unknown;
  /** A mask for text that is masked while it arrives. */
  mask(): Mask;
}

/** What to mask by the settings; undefined for nothing. */
export function chooseRedaction({ redact }: Pick<Settings, 'redact'>): Redaction | undefined {
  return redact.enabled ? { patterns: redact.patterns ?? null, stream: redact.stream } : undefined;
}

/** A function that masks texts by the settings. */
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

/** Keys that are equal after masking are numbered, so that no value is lost. */
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

/** An answer, masked for the store. Its pieces must be read before its tool calls, whose positions depend on them. */
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

/**
 * A failure, masked. It quotes the agent, and goes to logs and terminals even when the printed answer is not masked.
 */
export function redactFailure<Failure extends { message: string; hint: string | undefined }>(
  failure: Failure,
  { redact }: TurnLimits,
): Failure {
  if (redact === undefined) return failure;
  const { text } = createRedactor(redact);
  return { ...failure, message: text(failure.message), hint: failure.hint && text(failure.hint) };
}

/** The other fields of a turn's end, masked for the store. */
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
