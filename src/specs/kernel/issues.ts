import type { z } from 'zod';
import { showGiven } from './given.ts';
import type { SpecProblem } from './spec-problem.ts';

type Issue = z.core.$ZodIssue;

/** One that is told from others by where it is. */
interface Described {
  path: PropertyKey[];
  message: string;
}

const mostProblems = 100;

/** In the words the schema gave. */
export function problemsOf(error: z.ZodError): SpecProblem[] {
  const problems = onePerPath(
    describeIssues(error).map(({ path, message }) => ({ path: formatPath(path), message })),
  );
  const more = problems.length - mostProblems;
  if (more <= 0) return problems;
  return [...problems.slice(0, mostProblems), { path: '', message: `and ${more} more` }];
}

/** The same, each apart, for a schema that judges a part of its value by this one. */
export function describeIssues({ issues }: z.ZodError): Described[] {
  return issues.flatMap((issue) => describeIssue(issue, []));
}

/** What is wrong with a value itself comes first; what follows from that would be noise. */
function onePerPath(problems: SpecProblem[]): SpecProblem[] {
  const first = new Map<string, SpecProblem>();
  for (const problem of problems) {
    if (!first.has(problem.path)) first.set(problem.path, problem);
  }
  return [...first.values()];
}

/** `stages[1].hold`; a key that is no plain word is quoted. */
function formatPath(path: readonly PropertyKey[]): string {
  return path.map(formatPart).join('').replace(/^\./, '');
}

function formatPart(part: PropertyKey): string {
  if (typeof part === 'number') return `[${part}]`;
  const key = String(part);
  return /^[\w-]{1,60}$/.test(key) ? `.${key}` : `[${showGiven(key)}]`;
}

function describeIssue(issue: Issue, above: readonly PropertyKey[]): Described[] {
  const path = [...above, ...issue.path];
  if (issue.code === 'unrecognized_keys') {
    const messages = issue.message.split('\n');
    return issue.keys.map((key, index) => ({
      path: [...path, key],
      message: messages[index] ?? issue.message,
    }));
  }
  if (issue.code === 'invalid_key') {
    return [{ path, message: issue.issues[0]?.message ?? issue.message }];
  }
  if (issue.code === 'invalid_union') {
    const matching = issue.errors.find((branch) => branch.every(isInside));
    if (matching) return matching.flatMap((inner) => describeIssue(inner, path));
  }
  return [{ path, message: issue.message }];
}

/** The value had the branch's shape: only something within it is wrong. */
function isInside(issue: Issue): boolean {
  return issue.path.length > 0 || issue.code === 'unrecognized_keys';
}
