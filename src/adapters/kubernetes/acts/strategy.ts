/** The update strategy of a Deployment during a rollout; its own strategy is kept in the record. */
import type { V1DeploymentStrategy } from '@kubernetes/client-node';
import type { PatchStep } from '../../kubernetes-api/cluster-api.ts';
import type { RolloutRecord } from '../objects/record.ts';
import type { Held } from './held.ts';

/** All old pods stop before the first new one starts. */
export const recreate: V1DeploymentStrategy = { type: 'Recreate' };

/** Without waiting for any pod, and without surge: for pods that get no traffic. */
export const allAtOnce: V1DeploymentStrategy = {
  type: 'RollingUpdate',
  rollingUpdate: { maxUnavailable: '100%', maxSurge: 0 },
};

/** The Deployment's own strategy, whatever it has now. */
export function ownStrategy({ deployment, record }: Held): V1DeploymentStrategy {
  return record.strategy ?? deployment.spec?.strategy ?? { type: 'RollingUpdate' };
}

export function strategySteps(strategy: V1DeploymentStrategy): PatchStep[] {
  return [{ op: 'add', path: '/spec/strategy', value: strategy }];
}

/** Restores the Deployment's own strategy. */
export function ownStrategySteps({ strategy }: Pick<RolloutRecord, 'strategy'>): PatchStep[] {
  return strategy === undefined ? [] : strategySteps(strategy);
}
