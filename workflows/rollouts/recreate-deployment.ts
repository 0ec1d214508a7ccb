import type { DeployRequest } from '../../src/contracts/kernel/messages.ts';
import type { RolloutReport } from '../../src/contracts/rollouts/report.ts';
import { replaceInPlace } from './support/replace-in-place.ts';

/** Stops every replica and starts the new release: for services that may be unavailable for a moment. */
export async function recreateDeployment(
  input: unknown,
  request?: DeployRequest,
): Promise<RolloutReport> {
  return replaceInPlace('recreate', input, request);
}
