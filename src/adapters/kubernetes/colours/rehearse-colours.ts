import { rolloutWorkflowId } from '../../../kinds/locks.ts';
import type { WantedRelease } from '../../../contracts/rollouts/platform.ts';
import { collectRefusal, rehearsing } from '../acts/rehearse-claim.ts';
import { releaseTemplate } from './apply-release.ts';
import { claimColours } from './claim-colours.ts';
import { deploymentRef, type ColoursAct } from './colours-act.ts';
import { wantedSelector } from './colours-drift.ts';
import type { ColoursObjects } from './colours-objects.ts';

/**
 * Why the API server would refuse the writes of a rollout with two colours: those of the claim, the
 * release in the idle Deployment, and the switch of the Service. Each is sent with `dryRun=All`.
 */
export async function rehearseColours(
  { api, ...act }: ColoursAct,
  objects: ColoursObjects,
  { release }: WantedRelease,
): Promise<string[]> {
  const refused = new Set<string>();
  const trying: ColoursAct = { ...act, api: rehearsing(api, refused) };
  await collectRefusal(refused, async () => {
    const workflowId = rolloutWorkflowId(act.ref);
    const record = await claimColours(trying, workflowId, 'blueGreen');
    if (record === undefined) return;
    const template = releaseTemplate(trying, objects, record, release);
    await trying.api.patch(deploymentRef(act, record.idle.name), [
      { op: 'replace', path: '/spec/template', value: template },
    ]);
    const selector = wantedSelector({ ...record, weight: 100 });
    await trying.api.patch(act.chooser, [{ op: 'add', path: '/spec/selector', value: selector }]);
  });
  return [...refused];
}
