/** The workflows of a later version of Belay, in which a canary begins with another command. */
import { sleep } from '@temporalio/workflow';
import { canaryDeployment as present } from '../../../workflows/rollouts/canary-deployment.ts';

export { changeControl } from '../../../workflows/kernel/change-control.ts';
export { janitor } from '../../../workflows/kernel/janitor.ts';

export async function canaryDeployment(
  ...given: Parameters<typeof present>
): ReturnType<typeof present> {
  await sleep(1);
  return present(...given);
}
