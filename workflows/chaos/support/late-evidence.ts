import { CancellationScope, sleep } from '@temporalio/workflow';
import type { Observation } from '../../../src/contracts/chaos/observation.ts';
import { samplesUntil } from '../../../src/policies/chaos/samples-until.ts';
import { formatDuration } from '../../../src/specs/kernel/duration.ts';
import { reasonOf } from '../../kernel/reason-of.ts';
import { takeStepBeside } from '../../kernel/steps.ts';
import type { ExperimentRun } from './experiment-run.ts';
import { proveMetrics } from './measure-steady-state.ts';
import { judge } from './observe-window.ts';
import type { LateEvidence } from './progress.ts';

/** An observer hears of the halt with the answer to its next heartbeat, which is sent every 8 s. */
const toldWithinMs = 15_000;
/** Whoever has started a run that is cancelled waits for its end, to undo more than a fault. */
const toldToParentWithinMs = 1_000;

const endings: Record<LateEvidence['endedBy'], string> = {
  'a halt': 'it was halted',
  'its cancellation': 'it was cancelled',
  'an observer': 'one of the observers ended it',
};

export function keepLate(
  ended: Pick<LateEvidence, 'sinceMs' | 'baseline' | 'endedBy'>,
  watching: Promise<Observation>,
): LateEvidence {
  const told = watching.catch((error: unknown): Observation => ({
    samples: {},
    problem: reasonOf(error),
  }));
  return { ...ended, endedAtMs: Date.now(), told };
}

/** Of a run that was cancelled, once its faults are gone. */
export async function collectUndone(run: ExperimentRun): Promise<void> {
  await collectLate(run, run.parentRef === undefined ? toldWithinMs : toldToParentWithinMs);
}

/** Once the faults are gone, and the recovery was awaited. */
export async function collectLate(run: ExperimentRun, withinMs = toldWithinMs): Promise<void> {
  const { late } = run;
  if (late === undefined) return;
  const { sinceMs, endedAtMs, endedBy, baseline } = late;
  const lengthMs = endedAtMs - sinceMs;
  const name = `collect what was seen in the ${formatDuration(lengthMs)} before ${endings[endedBy]}`;
  // Where everything was undone, that is what the run still says of itself.
  await takeStepBeside(run, name, async (step) => {
    const { samples, problem } = await inTime(late.told, withinMs);
    const observed = { samples: samplesUntil(samples, lengthMs), fromMs: sinceMs, lengthMs };
    proveMetrics(step, judge(run, 'during', observed, baseline), problem);
  });
}

async function inTime(told: Promise<Observation>, withinMs: number): Promise<Observation> {
  const scope = new CancellationScope();
  const tooLate = scope
    .run(() => sleep(withinMs, { summary: 'until the observers tell what they saw' }))
    .then((): Observation => ({
      ...{
        samples: {},
        problem: `the observers told nothing within ${formatDuration(withinMs)}`,
      },
    }));
  try {
    return await Promise.race([told, tooLate]);
  } finally {
    scope.cancel();
  }
}
