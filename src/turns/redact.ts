/**
 * Masking secrets in what we write (the setting `redact`). A turn carries what is to be masked in it, so that whoever
 * ends it, in whatever process, masks the same. The agent itself is given the message as it is.
 */
import type { LoggedAnswer } from '../agents/answer/answer-source.ts';
import type { Settings } from '../settings/schema.ts';
import type { TurnEnd } from '../store/store.ts';
import { Mask, MASK } from './mask.ts';
import type { Redaction, TurnLimits } from '../model/model.ts';
import { isSecretName, SECRET_PATTERNS } from './secret-patterns.ts';

export interface Redactor {
  text(text: string): string;
  /** The same over a text in pieces, also where a secret lies across them. */
  pieces(pieces: Iterable<string>): Iterable<string>;
  /** All texts in a value; what goes by a name like `password` is masked whatever it is. */
  json(value: unknown): unknown;
  /** For texts that are masked as they come. */
  mask(): Mask;
}

/** What the settings want masked; undefined where they want nothing. */
export function chooseRedaction({ redact }: Pick<Settings, 'redact'>): Redaction | undefined {
  return redact.enabled ? { patterns: redact.patterns ?? null, stream: redact.stream } : undefined;
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
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, json(each, key)]));
  };
  return { text, pieces, json, mask: () => new Mask(all) };
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

/** What else is said of a turn's end, as it may be stored. */
export function redactEnd(end: TurnEnd, { redact }: TurnLimits): TurnEnd {
  if (redact === undefined) return end;
  const { json, text } = createRedactor(redact);
  return {
    ...end,
    permissionDenials: json(end.permissionDenials) as TurnEnd['permissionDenials'],
    errorMessage: end.errorMessage && text(end.errorMessage),
  };
}
