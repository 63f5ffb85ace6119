import { fillReadme } from './readme.ts';

/** Every generated file, by its path; of README.md only the marked blocks are. */
export async function generate(readme: string): Promise<Map<string, string>> {
  return new Map([['README.md', await fillReadme(readme)]]);
}
