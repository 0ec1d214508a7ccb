import type { StartRequest } from '../../src/contracts/kernel/messages.ts';
import type { RunReport } from '../../src/contracts/kernel/report.ts';
import { concludeCampaign } from '../../src/policies/chaos/campaigns/conclude-campaign.ts';
import type { Continuation } from '../kernel/continuation.ts';
import { runStory } from '../kernel/run-story.ts';
import { CampaignMailbox, CampaignRun } from './support/campaign-run.ts';
import { campaignVerbActs } from './support/campaign-verb-acts.ts';
import { obtainCampaignPermit } from './support/obtain-permit.ts';
import { previewExperiments } from './support/preview-experiments.ts';
import { runExperiments } from './support/run-experiments.ts';

/** Carries experiments out in their order, each by a run of its own and never two at once, and scores them. */
export async function chaosCampaign(
  input: unknown,
  request?: StartRequest,
  continuation?: Continuation,
): Promise<RunReport> {
  const mailbox = new CampaignMailbox();
  const run = new CampaignRun({ input, request, continuation }, mailbox);
  const acts = { verbs: campaignVerbActs(mailbox), undos: () => ({}) };
  return runStory(run, acts, async (spec) => {
    if (spec.dryRun) return previewExperiments(run, spec);
    if (continuation === undefined) {
      await obtainCampaignPermit(run, spec);
      run.begin();
      run.open();
    }
    await runExperiments(run, spec);
    return concludeCampaign({ rows: run.state.rows, halted: run.halted });
  });
}
