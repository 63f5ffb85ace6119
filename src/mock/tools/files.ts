import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { ToolAnswer } from '../servers/contract.ts';

const STATE_NOTE = '(file state is current in your context — no need to Read it back)';

export function readTool(file: string): ToolAnswer {
  if (!existsSync(file)) return missing();
  const content = readFileSync(file, 'utf8');
  const lines = content.split('\n');
  const numbered = lines.map((line, at) => `${at + 1}\t${line}`).join('\n');
  const facts = { filePath: file, content, numLines: lines.length, startLine: 1, totalLines: lines.length };
  return { content: numbered, detail: { type: 'text', file: facts } };
}

export function writeTool(file: string, content: string): ToolAnswer {
  const original = existsSync(file) ? readFileSync(file, 'utf8') : null;
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, content);
  const detail = {
    type: original === null ? 'create' : 'update',
    filePath: file,
    content,
    structuredPatch: [],
    originalFile: original,
    userModified: false,
  };
  const told =
    original === null
      ? `File created successfully at: ${file} ${STATE_NOTE}`
      : `The file ${file} has been updated successfully. ${STATE_NOTE}`;
  return { content: told, detail };
}

export function editTool(file: string, oldText: string, newText: string): ToolAnswer {
  if (!existsSync(file)) return missing();
  const original = readFileSync(file, 'utf8');
  if (!original.includes(oldText)) return failed('String to replace not found in file.');
  return writeTool(
    file,
    original.replace(oldText, () => newText),
  );
}

function missing(): ToolAnswer {
  return failed('File does not exist.');
}

function failed(text: string): ToolAnswer {
  return { content: text, isError: true, detail: `Error: ${text}` };
}
