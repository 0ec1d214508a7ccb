import type { StartRequest } from '../../src/contracts/kernel/messages.ts';
import type { RunReport } from '../../src/contracts/kernel/report.ts';
import type { ResolvedTarget } from '../../src/contracts/chaos/resolved-target.ts';
import { callTarget } from '../../src/policies/chaos/call-target.ts';
import { conclude } from '../../src/policies/chaos/conclude.ts';
import type { ChaosExperimentSpec } from '../../src/specs/chaos/experiment.ts';
import type { Ending } from '../kernel/ending.ts';
import { awaitRecovery } from './support/await-recovery.ts';
import { checkMeasurements } from './support/check-measurements.ts';
import { injectFaults } from './support/inject-faults.ts';
import { measureSteadyState } from './support/measure-steady-state.ts';
import { obtainPermit } from './support/obtain-permit.ts';
import type { ExperimentRun } from './support/experiment-run.ts';
import { collectLate } from './support/late-evidence.ts';
import { refuseNow } from './support/refuse-now.ts';
import { removeFaults } from './support/remove-faults.ts';
import { resolveTargets } from './support/resolve-targets.ts';
import { runExperiment } from './support/run-experiment.ts';
import { watchFaults } from './support/watch-faults.ts';
import { withTracks } from './support/with-tracks.ts';

/** Injects a fault into a part of the target, and says whether the hypothesis holds although it is there. */
export async function chaosExperiment(input: unknown, request?: StartRequest): Promise<RunReport> {
  return runExperiment(input, request, async (run, spec) => {
    const targets = await resolveTargets(run, spec);
    await checkMeasurements(run, spec);
    if (spec.dryRun) {
      const hit = targets.map(callTarget).join(', ');
      return { outcome: 'Planned', reason: `${spec.fault.type} would be injected: ${hit}` };
    }
    await obtainPermit(run, spec);
    run.open();
    return withTracks(run, spec, { targets, judge: () => judge(run, spec, targets) });
  });
}

/** What becomes of the hypothesis: before the fault, while it is there, and after it. */
async function judge(
  run: ExperimentRun,
  spec: ChaosExperimentSpec,
  targets: readonly ResolvedTarget[],
): Promise<Ending> {
  const steady = await measureSteadyState(run, spec);
  if (!steady.holds) {
    const reason = `the hypothesis does not hold without a fault; nothing was injected: ${steady.reason}`;
    return { outcome: 'Inconclusive', reason };
  }
  // The permit and the steady state have taken their time.
  const tooLate = await refuseNow(spec, spec.durationMs);
  if (tooLate !== undefined) {
    return { outcome: 'Inconclusive', reason: `nothing was injected: ${tooLate}` };
  }
  const faults = await run.untilHalted(async (progress) => {
    const isSeen = await injectFaults(run, spec, { targets, progress });
    if (isSeen) await watchFaults(run, spec, { steady, progress });
  });
  const leftBehind = await removeFaults(run, spec, faults.injected);
  const recovery = await run.untilGivenUp(() => awaitRecovery(run, spec, { steady, faults }));
  await collectLate(run);
  if (recovery.kind !== 'seen') run.found.notRecovered = recovery.why;
  return conclude({ ...faults, halted: run.halted, leftBehind, recovery });
}
