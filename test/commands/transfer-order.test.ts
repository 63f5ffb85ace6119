import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { Random } from '../support/random.ts';
import { makeWorkplace } from '../support/run-command.ts';
import type { Workplace } from '../support/run-command.ts';
import { ask, callOf, result, say, SESSION, toText, use } from '../support/transcripts.ts';
import type { Line } from '../support/transcripts.ts';

const FORK = 'f0f0f0f0-0000-4000-8000-00000000000f';

/** A conversation as it comes about: turns with tools and sub-agents, and some that the user took back. */
class Conversation {
  readonly lines: Line[] = [];
  /** What was said on the branch that is left, in order. */
  said: { line: string; text: string }[] = [];
  readonly #random: Random;
  readonly #session: string;
  #seconds: number;
  #n = 0;
  #last: string | null = null;

  constructor(random: Random, session: string, seconds = 0) {
    this.#random = random;
    this.#session = session;
    this.#seconds = seconds;
  }

  addTurn(): void {
    this.#add(ask(this.#id(), this.#at(), `question ${this.#n}`));
    const calls = this.#random.below(3);
    for (let n = 0; n < calls; n++) this.#addCall();
    if (this.#random.below(4) === 0)
      this.#add(say(this.#id(), this.#at(), 'aside', { isSidechain: true, usage: use(100, 7) }), false);
    this.#add(say(this.#id(), this.#at(), `answer ${this.#n}`, { usage: use(this.#n, 5) }));
  }

  /** Goes back to some line of the branch, and says something else. */
  rewind(): void {
    const from = this.#random.below(this.said.length);
    this.said = this.said.slice(0, from + 1);
    this.#last = this.said[from]!.line;
    this.addTurn();
  }

  /** Another session that begins with the lines of this branch, as claude copies them. */
  fork(): Conversation {
    const copy = new Conversation(this.#random, FORK, this.#seconds);
    const branch = new Set(this.#branch());
    for (const line of this.lines)
      if (branch.has(line['uuid'] as string))
        copy.lines.push({ ...line, sessionId: FORK, forkedFrom: { sessionId: this.#session } });
    copy.said = [...this.said];
    copy.#last = this.#last;
    copy.#n = 1000;
    return copy;
  }

  *#branch(): Generator<string> {
    const parents = new Map(
      this.lines.map((line) => [line['uuid'] as string, line['parentUuid'] as string | null]),
    );
    for (let id = this.#last; id !== null; id = parents.get(id) ?? null) yield id;
  }

  #addCall(): void {
    const tool = `tool ${this.#session} ${this.#n}`;
    const call = `msg ${this.#session} ${this.#n}`;
    const more = { call, usage: use(this.#n, 1) };
    this.#add(say(this.#id(), this.#at(), `look ${this.#n}`, more));
    this.#add(say(this.#id(), this.#at(), [callOf(tool)], { call, usage: use(this.#n, 9) }));
    this.#add(result(this.#id(), this.#at(), tool, 'seen'));
  }

  #add(line: Line, isMain = true): void {
    const { content } = line['message'] as { content: string | { text?: string }[] };
    const texts = typeof content === 'string' ? [content] : content.flatMap(({ text }) => text ?? []);
    this.lines.push({ ...line, sessionId: this.#session, parentUuid: isMain ? this.#last : null });
    if (!isMain) return;
    this.#last = line['uuid'] as string;
    this.said.push({ line: this.#last, text: texts.join('') });
  }

  #id(): string {
    return `${this.#session.slice(0, 4)}-${++this.#n}`;
  }

  #at(): number {
    return ++this.#seconds;
  }
}

/** An independent count: the most that any line says of each call, summed. */
function countUse(lines: readonly Line[]): { input: number; output: number } {
  const calls = new Map<string, { input: number; output: number }>();
  for (const { message } of lines) {
    const { id, usage } = message as { id?: string; usage?: { input_tokens: number; output_tokens: number } };
    if (id === undefined || usage === undefined) continue;
    const known = calls.get(id) ?? { input: 0, output: 0 };
    calls.set(id, {
      input: Math.max(known.input, usage.input_tokens),
      output: Math.max(known.output, usage.output_tokens),
    });
  }
  const sum = { input: 0, output: 0 };
  for (const { input, output } of calls.values()) {
    sum.input += input;
    sum.output += output;
  }
  return sum;
}

/** All of a store that does not tell when and in which order it came. */
async function everything(place: Workplace): Promise<unknown> {
  const { stdout } = await place.run(['export', '--all']);
  return stdout
    .trim()
    .split('\n')
    .map((text) => {
      const { exported_at: _at, turn_id: _turn, id, ...line } = JSON.parse(text) as Line;
      return line['type'] === 'turn' || line['type'] === 'tool_call' ? line : { id, ...line };
    });
}

function shuffle<T>(random: Random, given: readonly T[]): T[] {
  const left = [...given];
  return given.map(() => left.splice(random.below(left.length), 1)[0]!);
}

describe('files in any order', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])(
    'give the same sessions, and each call counts once (%i)',
    async (seed) => {
      const random = new Random(seed * 7919);
      const original = new Conversation(random, SESSION);
      for (let n = 0; n < 4; n++) original.addTurn();
      original.rewind();
      const fork = original.fork();
      fork.addTurn();
      original.addTurn();
      if (random.below(3) > 0) fork.rewind();
      const title = { type: 'custom-title', customTitle: 'order', sessionId: SESSION };
      const whole = makeWorkplace();
      const all = [...original.lines, title, ...fork.lines];
      await whole.run(['import', '-'], { stdin: toText(all) });
      const expected = await everything(whole);

      const history = JSON.parse(
        (await whole.run(['history', SESSION.slice(0, 8), '--json', '-n', '999'])).stdout,
      ) as Line[];
      const words = history.map(({ content }) => String(content)).join('\n');
      const live = original.said.map(({ text }) => text).filter((text) => text !== '');
      expect(words.split(/\n+/)).toEqual(live);
      const [stats] = JSON.parse((await whole.run(['stats', '--json'])).stdout) as [
        { usage: { input_tokens: number; output_tokens: number } },
      ];
      expect({ input: stats.usage.input_tokens, output: stats.usage.output_tokens }).toEqual(
        countUse(original.lines.concat(fork.lines)),
      );

      const place = makeWorkplace();
      const pieces = [
        original.lines.slice(0, 3 + random.below(8)),
        [...original.lines, title],
        fork.lines,
        fork.lines.slice(random.below(6)),
      ];
      for (const { lines } of [original, fork]) {
        const cut = 1 + random.below(lines.length - 1);
        pieces.push(lines.slice(0, cut), lines.slice(cut));
      }
      const names = shuffle(random, pieces).map((lines, n) => {
        writeFileSync(path.join(place.root, `${n}.jsonl`), toText(lines));
        return `${n}.jsonl`;
      });
      while (names.length > 0) {
        const some = names.splice(0, 1 + random.below(3));
        expect((await place.run(['import', ...some])).status).toBe(0);
      }
      // The root is the directory of the import, since the file's does not exist.
      const rooted = JSON.stringify(await everything(place)).replaceAll(place.root, whole.root);
      expect(JSON.parse(rooted)).toEqual(expected);
    },
  );
});
