import type { ChaosCampaignSpec } from '../../../src/specs/chaos/campaign-spec.ts';
import type { Ending } from '../../kernel/ending.ts';
import type { CampaignRun } from './campaign-run.ts';
import { carryOut } from './carry-out-experiment.ts';

/** Has every experiment resolve and check what it would do, and inject nothing. */
export async function previewExperiments(
  run: CampaignRun,
  { experiments }: ChaosCampaignSpec,
): Promise<Ending> {
  const problems: string[] = [];
  for (const each of experiments) {
    const { experiment } = each.experiment;
    const { outcome, reason } = await carryOut(run, each, experiment);
    if (outcome !== 'Planned') problems.push(`${experiment}: ${reason}`);
  }
  if (problems.length > 0) return { outcome: 'NotReady', reason: problems.join('; ') };
  const { length } = run.plan;
  const times = length === 1 ? 'once' : `${length} times`;
  return { outcome: 'Planned', reason: `faults would be injected ${times}, never two at once` };
}
