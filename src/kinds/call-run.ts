import type { AnyKind } from './kind.ts';

type Called = Pick<AnyKind, 'kind' | 'noun' | 'subjectName'>;

/** A run of a kind as people call it, in a sentence: `verification of backup shop`. */
export function callRun({ kind, noun, subjectName }: Called, name: string): string {
  if (noun === undefined) return kind;
  return noun === subjectName ? `${noun} of ${name}` : `${noun} of ${subjectName} ${name}`;
}
