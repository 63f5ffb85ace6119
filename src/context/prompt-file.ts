import { readFileSync } from 'node:fs';
import { SessionError, systemCode } from '../errors.ts';

/** The text of the setting `systemPrompt.file`. Throws CONTEXT_INVALID when it can't be read. */
export function readPromptFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new SessionError(
      'CONTEXT_INVALID',
      `the system prompt file ${path} can't be read (${systemCode(error) ?? String(error)})`,
      {
        hint: 'Correct the setting systemPrompt.file.',
        cause: error,
      },
    );
  }
}
