import { Context } from '@temporalio/activity';
import type { ServiceRef, ServiceState } from '../../src/contracts/rollouts/platform.ts';

const stateOf = ({ service, environment }: ServiceRef): ServiceState => ({
  ...{ service, environment, canaryWeight: 0, revision: 1, kept: [] },
  stable: { release: { version: 'v1' }, wanted: 1, replicas: [] },
});

/** Activities that succeed at once, but for the watch of a hold, which never ends. */
export const idleActivities = {
  inspectService: (ref: ServiceRef) => Promise.resolve(stateOf(ref)),
  claimService: (ref: ServiceRef) => Promise.resolve(stateOf(ref)),
  scaleCanary: () => Promise.resolve({ replicas: 1 }),
  awaitCanaryReady: () => Promise.resolve({}),
  setWeight: (_: ServiceRef, __: unknown, weight: number) =>
    Promise.resolve({ weight, verified: true }),
  watchHold: () => Context.current().cancelled,
};
