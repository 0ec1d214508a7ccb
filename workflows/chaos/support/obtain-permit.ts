import { scopesOfExperiment } from '../../../src/policies/chaos/scopes.ts';
import type { ChaosExperimentSpec } from '../../../src/specs/chaos/experiment.ts';
import { takeStep } from '../../kernel/steps.ts';
import type { ExperimentRun } from './experiment-run.ts';

/** Asks change control: a freeze, the safety lever and whatever works on the same refuse it. */
export async function obtainPermit(run: ExperimentRun, spec: ChaosExperimentSpec): Promise<void> {
  const { environment, override } = spec;
  const { family, kind } = run.kind;
  await takeStep(run, 'ask change control', async ({ prove }) => {
    const order = {
      ...{ environment, family, kind, scopes: scopesOfExperiment(spec) },
      ...(override !== undefined && { override }),
    };
    await run.permit.obtain(order, run.settings, run.note);
    if (override !== undefined) run.record({ atMs: Date.now(), verb: 'override', ...override });
    prove({ what: 'permit', source: 'change control', value: 'granted' });
  });
}
