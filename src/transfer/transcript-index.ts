import type { Spool } from './spool.ts';
import { CallBook, isMoreWhole } from './transcript-calls.ts';
import type { ModelCall, TitleLine, TranscriptLine } from './transcript-line.ts';
import type { TreeLine } from './transcript-tree.ts';

/** The part of a line that is kept in memory. The line itself is on disk. */
export interface IndexedLine extends TreeLine {
  isSide: boolean;
  /** Whether it is a message of the user or the model. */
  isTalk: boolean;
  isCopy: boolean;
  root: string | null;
  modelCall: ModelCall | null;
  read(): TranscriptLine;
}

/** The lines of one session in a file, each once. */
export class TranscriptIndex {
  /** The id in claude's spelling. */
  readonly agentSessionId: string;
  readonly #spool: Spool;
  readonly #lines = new Map<string, IndexedLine>();
  #title: TitleLine | undefined;

  constructor(agentSessionId: string, spool: Spool) {
    this.agentSessionId = agentSessionId;
    this.#spool = spool;
  }

  /** The last title. One that the user chose has priority over claude's. */
  get title(): TitleLine | undefined {
    return this.#title;
  }

  get lines(): Iterable<IndexedLine> {
    return this.#lines.values();
  }

  has(uuid: string): boolean {
    return this.#lines.has(uuid);
  }

  /** Of lines with the same uuid, the one with the more complete usage is kept, otherwise the first. */
  add(line: TranscriptLine): void {
    const known = this.#lines.get(line.uuid);
    if (known !== undefined && !replaces(line, known)) return;
    const ref = this.#spool.add(line);
    this.#lines.set(
      line.uuid,
      indexLine(line, () => this.#spool.read(ref) as TranscriptLine),
    );
  }

  addTitle(title: TitleLine): void {
    if (this.#title?.isChosen !== true || title.isChosen) this.#title = title;
  }
}

export function indexLine(line: TranscriptLine, read: () => TranscriptLine): IndexedLine {
  const kind = line.speech?.kind;
  return {
    uuid: line.uuid,
    parent: line.parent,
    at: line.at,
    isQuestion: kind !== undefined && kind !== 'summary' && kind !== 'note' && kind !== 'interrupt',
    call: line.call?.id ?? null,
    calls: line.blocks.flatMap((block) => (block.type === 'call' ? [block.id] : [])),
    results: line.blocks.flatMap((block) => (block.type === 'result' ? [block.id] : [])),
    isSide: line.isSide,
    isTalk: line.role !== null,
    isCopy: line.isCopy,
    root: line.root,
    modelCall: line.call,
    read,
  };
}

/** Whether a line replaces one with the same uuid. */
export function replaces(line: { call: ModelCall | null }, known: IndexedLine): boolean {
  return line.call !== null && known.modelCall !== null && isMoreWhole(line.call, known.modelCall);
}

export function bookCalls(lines: Iterable<IndexedLine>): CallBook {
  const book = new CallBook();
  for (const { modelCall, at } of lines) if (modelCall !== null) book.add(modelCall, at);
  return book;
}
