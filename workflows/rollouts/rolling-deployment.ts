import type { DeployRequest } from '../../src/contracts/kernel/messages.ts';
import type { RolloutReport } from '../../src/contracts/rollouts/report.ts';
import { replaceInPlace } from './support/replace-in-place.ts';

/** Lets the platform replace the release pod by pod, and puts the previous one back if it fails. */
export async function rollingDeployment(
  input: unknown,
  request?: DeployRequest,
): Promise<RolloutReport> {
  return replaceInPlace('rolling', input, request);
}
