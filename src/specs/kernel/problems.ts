import type { SpecProblem } from './spec-problem.ts';

export interface ProblemSource {
  /** What the problems are in: a file name, `canary spec`. */
  source: string;
  /** Where in the text a path is, if there is a text. */
  lineOf?: (path: string) => number | undefined;
}

/** All problems for a person to read: a heading, then a line for each. */
export function formatProblems(
  problems: readonly SpecProblem[],
  { source, lineOf }: ProblemSource,
): string {
  const heading = `${source}: ${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}`;
  const placed = problems.map((problem) => ({ ...problem, line: lineOf?.(problem.path) }));
  if (lineOf) placed.sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
  return [heading, ...placed.map((problem) => `  ${describePlaced(problem)}`)].join('\n');
}

function describePlaced({
  path,
  message,
  line,
}: SpecProblem & { line: number | undefined }): string {
  if (path === '') return message;
  return line === undefined ? `${path}: ${message}` : `line ${line}, ${path}: ${message}`;
}
