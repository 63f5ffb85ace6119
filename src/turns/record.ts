import { createReadStream } from 'node:fs';
import { copyFile, open } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { systemCode } from '../errors.ts';
import type { Turn } from '../model/model.ts';
import { createRedactor } from './redact.ts';
import type { Redactor } from './redact.ts';
import type { Services } from './services.ts';

/**
 * Keeps a copy of the agent's raw stream where the user wants one (`send --record`); says so when it can't.
 *
 * Where secrets are masked, the previews that the stream has of each text are left out: they cut secrets in pieces.
 */
export async function keepRecord(
  { notice }: Pick<Services, 'notice'>,
  { limits }: Turn,
  logPath: string,
  recordPath: string,
): Promise<void> {
  try {
    if (limits.redact === undefined) await copyFile(logPath, recordPath);
    else await copyMasked(logPath, recordPath, createRedactor(limits.redact));
  } catch (error) {
    notice(`the stream could not be kept in ${recordPath} (${systemCode(error) ?? String(error)})`);
  }
}

async function copyMasked(logPath: string, recordPath: string, redactor: Redactor): Promise<void> {
  const file = await open(recordPath, 'w', 0o600);
  try {
    for await (const line of createInterface({ input: createReadStream(logPath), crlfDelay: Infinity }))
      await file.write(maskLine(line, redactor));
  } finally {
    await file.close();
  }
}

function maskLine(line: string, redactor: Redactor): string {
  try {
    const event = JSON.parse(line) as { type?: unknown };
    return event.type === 'stream_event' ? '' : `${JSON.stringify(redactor.json(event))}\n`;
  } catch {
    return `${redactor.text(line)}\n`;
  }
}
