import { oneLine } from '../text/safe-text.ts';

const LONGEST = 160;

/** A tool call on one line: its name and the first text of its input, such as the command or the file. */
export function describeToolCall({ name, input }: { name: string; input: unknown }): string {
  const about = oneLine(summarise(input));
  const short = about.length > LONGEST ? `${about.slice(0, LONGEST)}…` : about;
  return short === '' ? oneLine(name) : `${oneLine(name)} ${short}`;
}

function summarise(input: unknown): string {
  if (typeof input !== 'object' || input === null)
    return input === undefined || input === null ? '' : JSON.stringify(input);
  const words = Object.values(input).find((value) => typeof value === 'string' && value !== '');
  if (typeof words === 'string') return words.slice(0, LONGEST * 4);
  const json = JSON.stringify(input);
  return json === '{}' ? '' : json.slice(0, LONGEST * 4);
}
