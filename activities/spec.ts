import { ApplicationFailure } from '@temporalio/activity';
import { failureTypes } from '../src/contracts/failures.ts';
import type { RolloutSettings } from '../src/contracts/settings.ts';
import type { SpecActivities } from '../src/contracts/spec.ts';
import { formatProblems } from '../src/specs/problems.ts';
import { resolveSpecInput } from '../src/specs/resolve.ts';

export function createSpecActivities(settings: RolloutSettings): SpecActivities {
  return {
    async resolveSpec(kind, input) {
      const resolution = resolveSpecInput(kind, input);
      if (resolution.ok) return { spec: resolution.spec, settings };
      throw ApplicationFailure.nonRetryable(
        formatProblems(resolution.problems, { source: `${kind} spec` }),
        failureTypes.invalidSpec,
        resolution.problems,
      );
    },
  };
}
