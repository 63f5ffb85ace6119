import { SessionError } from '../errors.ts';
import { decodeText, FileRefused, readWhole } from '../system/read-bounded.ts';

/** The text of the setting `systemPrompt.file`. Throws CONTEXT_INVALID when it can't be read, or is larger than `maxBytes`. */
export function readPromptFile(path: string, maxBytes: number): string {
  try {
    return decodeText(readWhole(path, maxBytes));
  } catch (error) {
    if (!(error instanceof FileRefused)) throw error;
    throw new SessionError('CONTEXT_INVALID', `The system prompt file ${path} ${error.message}.`, {
      hint: 'Correct the setting systemPrompt.file.',
      cause: error,
    });
  }
}
