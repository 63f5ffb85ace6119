import type { AgentName } from '../model/model.ts';
import type { Agent } from './agent.ts';
import { claude } from './claude/agent.ts';

/** The offline agent: this program itself, which speaks claude's protocol. */
const mock: Agent = { ...claude, name: 'mock', program: ({ self }) => [...self, 'mock-agent'] };

const AGENTS: Record<AgentName, Agent> = { claude, mock };

/** The agent of that name. */
export function findAgent(name: AgentName): Agent {
  return AGENTS[name];
}
