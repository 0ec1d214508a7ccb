import { CancellationScope, sleep } from '@temporalio/workflow';
import type { Observation } from '../../../src/contracts/chaos/observation.ts';
import { samplesUntil } from '../../../src/policies/chaos/samples-until.ts';
import { formatDuration } from '../../../src/specs/kernel/duration.ts';
import { reasonOf } from '../../kernel/reason-of.ts';
import { takeStep } from '../../kernel/steps.ts';
import type { ExperimentRun } from './experiment-run.ts';
import { proveMetrics } from './measure-steady-state.ts';
import { judge } from './observe-window.ts';
import type { LateEvidence } from './progress.ts';

/** An observer hears of the halt with the answer to its next heartbeat, which is sent every 8 s. */
const toldWithinMs = 15_000;

export function keepLate(
  { sinceMs, baseline }: Pick<LateEvidence, 'sinceMs' | 'baseline'>,
  watching: Promise<Observation>,
): LateEvidence {
  const told = watching.catch((error: unknown): Observation => ({
    samples: {},
    problem: reasonOf(error),
  }));
  return { sinceMs, baseline, haltedAtMs: Date.now(), told };
}

/** Once the faults are gone, and the recovery was awaited. */
export async function collectLate(run: ExperimentRun): Promise<void> {
  const { late } = run;
  if (late === undefined) return;
  const { sinceMs, haltedAtMs, baseline } = late;
  const lengthMs = haltedAtMs - sinceMs;
  const name = `collect what was seen in the ${formatDuration(lengthMs)} before it was halted`;
  await takeStep(run, name, async (step) => {
    const { samples, problem } = await inTime(late.told);
    const observed = { samples: samplesUntil(samples, lengthMs), fromMs: sinceMs, lengthMs };
    proveMetrics(step, judge(run, 'during', observed, baseline), problem);
  });
}

async function inTime(told: Promise<Observation>): Promise<Observation> {
  const scope = new CancellationScope();
  const tooLate = scope
    .run(() => sleep(toldWithinMs, { summary: 'until the observers tell what they saw' }))
    .then((): Observation => ({
      ...{
        samples: {},
        problem: `the observers told nothing within ${formatDuration(toldWithinMs)}`,
      },
    }));
  try {
    return await Promise.race([told, tooLate]);
  } finally {
    scope.cancel();
  }
}
