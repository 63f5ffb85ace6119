import type { Grammar } from './grammar.ts';

export async function fillReadme(readme: string, _grammar: Grammar): Promise<string> {
  return readme;
}
