import type { GenericSchema, InferOutput } from 'valibot';
import type { Store } from '../store/store.ts';

/** What the tools read, as of one call. */
export interface ToolContext {
  /** The session whose messages are read; undefined outside one. */
  sessionId: string | undefined;
  /** The folder whose studies are read, and the session's own study. */
  root: string;
  study: string | undefined;
  /** Lends the store to one call. Not called by tools that read no messages. */
  withStore<T>(use: (store: Store) => Promise<T>): Promise<T>;
}

/** A tool of our server. All of them only read. */
export interface Tool<Input extends GenericSchema = GenericSchema> {
  name: string;
  title: string;
  /** Written for the model that picks it. */
  description: string;
  input: Input;
  /** Answers in Markdown. A SessionError it throws is the tool's failure, in its own words. */
  run(input: InferOutput<Input>): Promise<string>;
}

/** Lets a tool's `run` take its type from the schema beside it. */
export function defineTool<Input extends GenericSchema>(tool: Tool<Input>): Tool {
  return tool as unknown as Tool;
}
