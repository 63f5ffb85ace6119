import { findStudies } from '../studies/study-folder.ts';
import type { Context } from './context.ts';

/** A study below the root of a session. */
export interface StudyRecord {
  name: string;
  /** Whether it is the study of the session. */
  is_selected: boolean;
}

/** The study of a session, and what its agent is told about it; null without a study. */
export interface StudyContextRecord {
  name: string | null;
  context: string | null;
}

export async function listStudies(context: Context, selector: string): Promise<StudyRecord[]> {
  const { root, study } = await context.select(selector, 'read');
  return findStudies(root).map((name) => ({ name, is_selected: name === study }));
}

export async function describeStudy(context: Context, selector: string): Promise<StudyContextRecord> {
  const { root, study } = await context.select(selector, 'read');
  if (study === null) return { name: null, context: null };
  const { readStudy } = await import('../studies/study.ts');
  const { renderStudy } = await import('../studies/study-render.ts');
  return { name: study, context: renderStudy(await readStudy(root, study)) };
}
