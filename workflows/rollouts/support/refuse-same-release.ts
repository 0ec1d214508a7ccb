import { ApplicationFailure } from '@temporalio/workflow';
import { failureTypes } from '../../../src/contracts/kernel/failures.ts';
import type { ServiceState } from '../../../src/contracts/rollouts/platform.ts';
import type { ReleaseComparison } from '../../../src/policies/rollouts/same-release.ts';
import { compareReleases } from '../../../src/policies/rollouts/same-release.ts';
import type { Release } from '../../../src/specs/rollouts/release.ts';

export function refuseSameRelease(found: ServiceState, release: Release): void {
  if (found.stable === undefined || isUnfinished(found)) return;
  const named = `${release.version} of ${found.environment}/${found.service}`;
  switch (comparison(found, found.stable.release, release)) {
    case 'different':
      return;
    case 'same':
      throw refuse(`${named} already serves: there is nothing to roll out.`);
    case 'same-version-different-content':
      throw refuse(
        `${named} already serves, with different content: give the new release its own version.`,
      );
  }
}

/** What a dead rollout left unfinished is undone first, so what serves now will not stay. */
function isUnfinished({ update }: ServiceState): boolean {
  return update !== undefined && update.kind !== 'none';
}

function comparison(
  { isServing }: ServiceState,
  stable: Release,
  release: Release,
): ReleaseComparison['kind'] {
  if (isServing === undefined) return compareReleases(stable, release).kind;
  return isServing ? 'same' : 'different';
}

function refuse(message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, failureTypes.sameRelease);
}
