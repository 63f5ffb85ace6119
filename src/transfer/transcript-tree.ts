/**
 * Selects the lines of a transcript that are the conversation. Lines form a tree, in which going back leaves abandoned
 * branches.
 */

/** A line's position in the tree. */
export interface TreeLine {
  uuid: string;
  parent: string | null;
  at: number;
  /** Whether it can begin a conversation: a message of the user. */
  isQuestion: boolean;
  /** The model's message that it is a part of. */
  call: string | null;
  /** The ids of tool calls that it makes, and those that it has results of. */
  calls: readonly string[];
  results: readonly string[];
}

/**
 * The lines from the first message to the last leaf, oldest first. They may be given in any order. Lines with the same
 * time keep their order.
 *
 * A line whose parent is missing follows the line before it in time, except for a question without a parent, which
 * begins a new conversation. When no line has a parent, all of them are one branch. Parts of one message and results of
 * its tools can be side branches, when tools ran in parallel. They belong to the conversation.
 */
export function selectLive<Line extends TreeLine>(given: readonly Line[]): Line[] {
  const lines = given.toSorted((a, b) => a.at - b.at);
  const byId = new Map(lines.map((line) => [line.uuid, line]));
  const isLinked = lines.some(({ uuid, parent }) => parent !== null && parent !== uuid && byId.has(parent));
  if (!isLinked) return lines;
  const parents = new Map<Line, Line | undefined>();
  for (const [n, line] of lines.entries()) {
    const told = line.parent === null || line.parent === line.uuid ? undefined : byId.get(line.parent);
    const isFirst = line.parent === null && line.isQuestion;
    parents.set(line, told ?? (isFirst ? undefined : lines[n - 1]));
  }
  const inner = new Set(parents.values());
  const branch: Line[] = [];
  const live = new Set<Line>();
  const leaf = lines.findLast((line) => !inner.has(line)) ?? lines.at(-1);
  for (let line = leaf; line !== undefined && !live.has(line); line = parents.get(line)) {
    live.add(line);
    branch.push(line);
  }
  const beside = findBeside(lines, live);
  if (beside.length === 0) return branch.toReversed();
  const after = new Map<Line, Line[]>();
  const stems = new Map<Line, Line | undefined>();
  for (const line of beside) {
    const stem = findStem(line, parents, live, stems);
    if (stem === undefined) continue;
    const sisters = after.get(stem);
    if (sisters === undefined) after.set(stem, [line]);
    else sisters.push(line);
  }
  return branch.toReversed().flatMap((line) => [line, ...(after.get(line) ?? [])]);
}

/** The nearest ancestor that is on the branch. `stems` caches results, so that each line is visited once. */
function findStem<Line>(
  line: Line,
  parents: ReadonlyMap<Line, Line | undefined>,
  live: ReadonlySet<Line>,
  stems: Map<Line, Line | undefined>,
): Line | undefined {
  const passed = new Set<Line>();
  let at: Line | undefined = line;
  while (at !== undefined && !live.has(at) && !stems.has(at) && !passed.has(at)) {
    passed.add(at);
    at = parents.get(at);
  }
  const stem = at === undefined || passed.has(at) ? undefined : live.has(at) ? at : stems.get(at);
  for (const each of passed) stems.set(each, stem);
  return stem;
}

/** Lines that are not on the branch, but are parts of its messages, or results of their tools. */
function findBeside<Line extends TreeLine>(lines: readonly Line[], live: ReadonlySet<Line>): Line[] {
  const messages = new Set([...live].flatMap(({ call }) => call ?? []));
  const others = lines.filter((line) => !live.has(line));
  const parts = new Set(others.filter(({ call }) => call !== null && messages.has(call)));
  const tools = new Set([...live, ...parts].flatMap(({ calls }) => calls));
  const answered = new Set([...live].flatMap(({ results }) => results));
  const hasResult = ({ isQuestion, results }: Line): boolean =>
    !isQuestion && results.some((id) => tools.has(id) && !answered.has(id));
  return others.filter((line) => parts.has(line) || hasResult(line));
}
