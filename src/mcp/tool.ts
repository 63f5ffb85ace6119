import type { GenericSchema, InferOutput } from 'valibot';
import type { Store } from '../store/store.ts';

/** The sources that the tools read, for one call. */
export interface ToolContext {
  /** The session whose messages are read; undefined outside a session. */
  sessionId: string | undefined;
  /** The folder whose studies are read, and the session's own study. */
  root: string;
  study: string | undefined;
  /** Opens the store for one call. Tools that read no messages don't call it. */
  withStore<T>(use: (store: Store) => Promise<T>): Promise<T>;
}

/** A tool of our server. No tool changes anything. */
export interface Tool<Input extends GenericSchema = GenericSchema> {
  name: string;
  title: string;
  /** Written for the model that selects the tool. */
  description: string;
  input: Input;
  /** Answers in Markdown. The message of a SessionError that it throws is the tool's answer. */
  run(input: InferOutput<Input>): Promise<string>;
}

/** Declares a tool, so that `run` gets its type from the schema. */
export function defineTool<Input extends GenericSchema>(tool: Tool<Input>): Tool {
  return tool as unknown as Tool;
}
