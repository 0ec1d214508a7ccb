import { setHandler, defineQuery } from '@temporalio/workflow';
import type { DeployRequest } from '../../src/contracts/kernel/messages.ts';
import { statusQuery } from '../../src/contracts/kernel/messages.ts';
import type { RolloutStatus } from '../../src/contracts/rollouts/status.ts';
import type { SpecKind } from '../../src/kinds/workflow-types.ts';
import { hearCancellation } from './hear-cancellation.ts';
import { hearDeploys } from './hear-deploys.ts';
import { hearPeople } from './hear-people.ts';
import { Rollout } from './rollout.ts';

/** Handlers first: from here on the rollout answers, whatever arrives with its start. */
export function trackRollout(
  kind: SpecKind,
  input: unknown,
  request: DeployRequest | undefined,
): Rollout {
  const rollout = new Rollout(kind, input, request);
  setHandler(defineQuery<RolloutStatus>(statusQuery), () => rollout.status, {
    description: 'Where the rollout stands: stages, verdicts, what it waits for',
  });
  hearPeople(rollout);
  hearDeploys(rollout);
  hearCancellation(rollout);
  rollout.refresh();
  return rollout;
}
