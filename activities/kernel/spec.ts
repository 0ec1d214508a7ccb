import { ApplicationFailure } from '@temporalio/activity';
import { failureTypes } from '../../src/contracts/kernel/failures.ts';
import type { RolloutSettings } from '../../src/contracts/kernel/settings.ts';
import type { SpecActivities } from '../../src/contracts/kernel/spec.ts';
import { formatProblems } from '../../src/specs/kernel/problems.ts';
import { resolveSpecInput } from '../../src/specs/rollouts/resolve.ts';

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
