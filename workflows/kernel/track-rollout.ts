import { setHandler, defineQuery } from '@temporalio/workflow';
import type { DeployRequest } from '../../src/contracts/kernel/messages.ts';
import { statusQuery } from '../../src/contracts/kernel/messages.ts';
import type { RolloutStatus } from '../../src/contracts/rollouts/status.ts';
import type { SpecKind } from '../../src/kinds/workflow-types.ts';
import { registerCancellation } from './register-cancellation.ts';
import { registerDeploys } from './register-deploys.ts';
import { registerVerbs } from './register-verbs.ts';
import { Rollout } from './rollout.ts';

/** Registers all handlers first, so that messages that arrive with the start are answered. */
export function trackRollout(
  kind: SpecKind,
  input: unknown,
  request: DeployRequest | undefined,
): Rollout {
  const rollout = new Rollout(kind, input, request);
  setHandler(defineQuery<RolloutStatus>(statusQuery), () => rollout.status, {
    description: 'Where the rollout stands: stages, verdicts, what it waits for',
  });
  registerVerbs(rollout);
  registerDeploys(rollout);
  registerCancellation(rollout);
  rollout.refresh();
  return rollout;
}
