import type { Scope } from '../../../src/contracts/kernel/change-control.ts';
import { scopesOfExperiment } from '../../../src/policies/chaos/scopes.ts';
import type { ChaosCampaignSpec } from '../../../src/specs/chaos/campaign-spec.ts';
import type { ChaosExperimentSpec } from '../../../src/specs/chaos/experiment.ts';
import { takeStep } from '../../kernel/steps.ts';
import type { CampaignRun } from './campaign-run.ts';
import type { ExperimentRun } from './experiment-run.ts';

/** Asks change control: a freeze, the safety lever and whatever works on the same refuse it. */
export async function obtainPermit(run: ExperimentRun, spec: ChaosExperimentSpec): Promise<void> {
  await ask(run, spec, scopesOfExperiment(spec));
}

/** For nothing that others may want: each experiment asks for what it needs, and the lever halts the campaign. */
export async function obtainCampaignPermit(
  run: CampaignRun,
  spec: ChaosCampaignSpec,
): Promise<void> {
  await ask(run, spec, []);
}

async function ask(
  run: CampaignRun | ExperimentRun,
  { environment, override }: Pick<ChaosExperimentSpec, 'environment' | 'override'>,
  scopes: Scope[],
): Promise<void> {
  const { family, kind } = run.kind;
  await takeStep(run, 'ask change control', async ({ prove }) => {
    const order = {
      ...{ environment, family, kind, scopes },
      ...(override !== undefined && { override }),
    };
    await run.permit.obtain(order, run.settings, run.note);
    if (override !== undefined) run.record({ atMs: Date.now(), verb: 'override', ...override });
    prove({ what: 'permit', source: 'change control', value: 'granted' });
  });
}
