import { ApplicationFailure } from '@temporalio/activity';
import { failureTypes } from '../../src/contracts/kernel/failures.ts';
import type { RunSettings } from '../../src/contracts/kernel/settings.ts';
import type { SpecActivities } from '../../src/contracts/kernel/spec.ts';
import { formatProblems } from '../../src/specs/kernel/problems.ts';
import type { Resolution } from '../../src/specs/kernel/resolve.ts';

/** Resolves a spec by its kind's own schema; undefined where there is no such kind. */
export type ResolveSpec = (kind: string, input: unknown) => Resolution | undefined;

export function createSpecActivities(settings: RunSettings, resolve: ResolveSpec): SpecActivities {
  return {
    async resolveSpec(kind, input) {
      const resolution = resolve(kind, input);
      if (resolution?.ok)
        return { spec: resolution.spec, settings: { ...settings, permits: true } };
      const problems = resolution?.problems ?? [
        { path: 'kind', message: `this worker knows no kind ${kind}` },
      ];
      throw ApplicationFailure.nonRetryable(
        formatProblems(problems, { source: `${kind} spec` }),
        failureTypes.invalidSpec,
        problems,
      );
    },
  };
}
