import { isOwnClosing } from '../agent/message.ts';
import { blocksOf, parseClaudeLine, textOf } from './claude-line.ts';
import type { ClaudeLine } from './claude-line.ts';
import { ClaudeTurn } from './claude-turn.ts';
import type { Importer, Incoming } from './incoming.ts';

/** What claude writes down of its own commands, as if the user had said it. */
const COMMAND =
  /^<(?:command-(?:name|message|args)|local-command-(?:stdout|stderr|caveat)|bash-(?:input|stdout|stderr))>/;
const INTERRUPTED = /^\[Request interrupted by user/;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Reads transcripts that claude itself keeps. The work of sub-agents and what claude says to itself is left out. */
export class ClaudeImporter implements Importer {
  #sessionId: string | undefined;
  #open: ClaudeTurn | undefined;

  *read(record: Record<string, unknown>, number: number): Generator<Incoming> {
    const line = parseClaudeLine(record);
    if (line === undefined) return;
    if (typeof line === 'string' || !UUID.test(line.sessionId)) {
      yield { type: 'bad', line: number, why: typeof line === 'string' ? line : 'sessionId: is no UUID' };
      return;
    }
    if (line.type === 'assistant') {
      this.#open?.addAnswer(line);
      return;
    }
    const asked = takeQuestion(line);
    for (const block of blocksOf(line)) if (block.type === 'tool_result') this.#open?.addResult(block);
    if (asked === undefined || COMMAND.test(asked)) return;
    if (INTERRUPTED.test(asked)) {
      this.#open?.interrupt(line);
      return;
    }
    yield* this.end();
    if (line.sessionId !== this.#sessionId) yield beginSession(line);
    this.#sessionId = line.sessionId;
    this.#open = new ClaudeTurn(asked, line);
  }

  *end(): Generator<Incoming> {
    if (this.#open !== undefined) yield { type: 'turn', turn: this.#open.build() };
    this.#open = undefined;
  }
}

/** What the user said on a line; undefined where it is only results of tools. Closing words of ours are left out. */
function takeQuestion(line: ClaudeLine): string | undefined {
  const texts = blocksOf(line).filter(({ type }) => type !== 'tool_result');
  if (texts.length === 0) return undefined;
  const said = texts.map((block) => textOf([block]));
  return (said.length > 1 && isOwnClosing(said.at(-1)!) ? said.slice(0, -1) : said).join('\n');
}

/** The session's id is the beginning of claude's own, so that one finds it again. */
function beginSession({ sessionId, cwd, timestamp }: ClaudeLine): Incoming {
  const at = Date.parse(timestamp);
  return {
    type: 'session',
    knownBy: 'order',
    switches: [],
    session: {
      id: sessionId.slice(0, 8),
      name: null,
      mode: 'user',
      root: cwd,
      study: null,
      agent: 'claude',
      model: null,
      agentSessionId: sessionId,
      systemPrompt: null,
      attachments: [],
      mcpConfigs: [],
      warm: false,
      pinned: false,
      tags: {},
      budgetUsd: null,
      createdAt: at,
      lastActiveAt: at,
      trashedAt: null,
    },
  };
}
