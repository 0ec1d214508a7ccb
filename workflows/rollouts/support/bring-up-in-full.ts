import type { CanaryRequest } from '../../../src/contracts/rollouts/platform.ts';
import type { ServiceActs } from './service-acts.ts';

/** Runs a release beside stable until it is ready and has all traffic; nothing is final yet. */
export async function bringUpInFull(acts: ServiceActs, full: CanaryRequest): Promise<void> {
  const { replicas } = await acts.scaleCanary(full);
  await acts.awaitCanaryReady(replicas, Date.now() + full.readiness.deadlineMs);
  await acts.setWeight(100);
}
