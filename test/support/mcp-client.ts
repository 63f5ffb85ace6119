import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { onTestFinished } from 'vitest';
import { openStore } from '../../src/store/sqlite/open.ts';
import { makeRoot } from './study-tree.ts';

const BUNDLE = fileURLToPath(new URL('../../dist/session.cjs', import.meta.url));

/** Connects the official client to `session mcp` in a separate process. It is ended with the test. */
export async function connectToSession(env: Record<string, string>, cwd: string): Promise<Client> {
  const client = new Client({ name: 'test', version: '1' });
  const transport = new StdioClientTransport({ command: process.execPath, args: [BUNDLE, 'mcp'], env, cwd });
  await client.connect(transport);
  onTestFinished(() => client.close());
  return client;
}

/** Calls a tool. Returns the text of its answer, and whether it is a failure. */
export async function callTool(
  client: Client,
  name: string,
  input: Record<string, unknown> = {},
): Promise<{ text: string; isError: boolean }> {
  const { content, isError } = await client.callTool({ name, arguments: input });
  const text = content.map((part) => (part.type === 'text' ? part.text : part.type)).join('');
  return { text, isError: isError === true };
}

/** Makes a home whose store has one session with these turns. */
export async function makeHistory(
  sessionId: string,
  turns: [asked: string, answered: string][],
): Promise<string> {
  const home = makeRoot();
  const store = await openStore(`${home}/sessions.sqlite`, { access: 'write' });
  try {
    await store.sessions.insert({
      id: sessionId,
      name: null,
      mode: 'user',
      root: home,
      study: null,
      agent: 'mock',
      model: null,
      effort: null,
      fallbackModel: null,
      addedDirs: [],
      systemPrompt: null,
      attachments: [],
      mcpConfigs: [],
      warm: false,
      ask: false,
      allowedTools: [],
      pinned: false,
      tags: {},
      budgetUsd: null,
      createdAt: 0,
    });
    for (const [asked, answered] of turns) await addTurn(store, sessionId, asked, answered);
  } finally {
    await store.close();
  }
  return home;
}

type Store = Awaited<ReturnType<typeof openStore>>;

async function addTurn(store: Store, sessionId: string, asked: string, answered: string): Promise<void> {
  const owner = 'test';
  const limits = { timeoutMs: null, stallTimeoutMs: 1000, maxTurns: null, maxBudgetUsd: null };
  const { turn } = await store.turns.enqueue({
    sessionId,
    message: asked,
    owner,
    limits,
    at: 1_700_000_000_000,
  });
  await store.turns.start(turn.id, owner, 1_700_000_000_000);
  await store.turns.finish(turn.id, owner, {
    status: 'completed',
    continuity: 'new',
    answer: [answered],
    toolCalls: [
      {
        id: `toolu_${turn.id}`,
        name: 'Bash',
        input: { command: 'ls' },
        result: 'a b',
        isError: false,
        denied: false,
        textOffset: 0,
      },
    ],
    errorCode: null,
    errorMessage: null,
    retryAt: null,
    usage: null,
    usageByModel: null,
    costUsd: 0,
    numTurns: 1,
    permissionDenials: [],
    output: null,
    durationMs: 1,
    ttftMs: 1,
    model: null,
    agentVersion: null,
    exitCode: 0,
    endedAt: 1_700_000_001_000,
    agentSession: null,
  });
}
