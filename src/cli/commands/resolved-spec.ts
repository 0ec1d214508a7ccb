import { formatProblems, type ProblemSource } from '../../specs/kernel/problems.ts';
import type { AnySpec } from '../../specs/rollouts/resolution.ts';
import { resolveAnySpec } from '../../specs/rollouts/resolve.ts';
import { CliFailure, exitCodes } from '../failure.ts';

/** The spec with its defaults; a bad one ends the command with every problem. */
export function resolvedSpec(asWritten: unknown, source: ProblemSource): AnySpec {
  const resolution = resolveAnySpec(asWritten);
  if (resolution.ok) return resolution.spec;
  throw new CliFailure(exitCodes.badInput, formatProblems(resolution.problems, source));
}
