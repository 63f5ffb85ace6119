export { runMockAgent as start } from './agent.ts';
