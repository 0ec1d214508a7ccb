import type { SpecProblem } from '../specs/kernel/spec-problem.ts';

export function describeProblem({ path, message }: SpecProblem): string {
  return path === '' ? message : `${path}: ${message}`;
}
