import { CancellationScope, isCancellation, patched, sleep } from '@temporalio/workflow';
import { callTarget } from '../../../src/policies/chaos/call-target.ts';
import { extendAfterMs, firstLeaseFor, leaseFor } from '../../../src/policies/chaos/lease-plan.ts';
import type { ChaosExperimentSpec } from '../../../src/specs/chaos/experiment.ts';
import { formatDuration } from '../../../src/specs/kernel/duration.ts';
import { reasonOf } from '../../kernel/reason-of.ts';
import { takeStep } from '../../kernel/steps.ts';
import type { ExperimentRun } from './experiment-run.ts';
import { keepLate } from './late-evidence.ts';
import { lookAtEnd } from './look-at-end.ts';
import { proveMetrics, type SteadyState } from './measure-steady-state.ts';
import { judge, observeWindow, type Observed } from './observe-window.ts';
import type { InjectedFault, Progress } from './progress.ts';

/** For answers on their way when the time is over: the run's own clock decides, not an observer. */
const lateMs = 15_000;

/** Watches the hypothesis while the faults are there, until their time is over or a stop condition holds. */
export async function watchFaults(
  run: ExperimentRun,
  spec: ChaosExperimentSpec,
  { steady, progress }: { steady: SteadyState; progress: Progress },
): Promise<void> {
  const { durationMs, stopConditions } = spec;
  await takeStep(run, `watch for ${formatDuration(durationMs)}`, async (step) => {
    const sinceMs = Date.now();
    const untilMs = sinceMs + durationMs;
    const tells = patched('halted-watches-tell-what-they-saw');
    const begun: { watch?: Promise<Observed> } = {};
    const { baseline } = steady;
    const leases = new CancellationScope();
    const extending = leases.run(() =>
      extendLeases(run, progress.injected, { durationMs, untilMs }),
    );
    try {
      const { samples, stopped, isDecided, problem, whole } = await inTime(() => {
        const how = { stops: stopConditions, endsDecided: true, tells };
        return (begun.watch = observeWindow(run, durationMs, how));
      }, durationMs + lateMs);
      const isEarly = stopped !== undefined || isDecided === true;
      const lengthMs = isEarly ? Date.now() - sinceMs : durationMs;
      progress.during = judge(run, 'during', { samples, fromMs: sinceMs, lengthMs }, baseline);
      if (isEarly && whole !== undefined) {
        run.late = keepLate({ sinceMs, baseline, endedBy: 'an observer' }, whole);
      }
      proveMetrics(step, progress.during, problem);
      if (stopped !== undefined) {
        step.prove({ what: 'stop condition', source: 'the hypothesis', value: stopped });
        run.halt(`a stop condition ended it: ${stopped}`, 'stop-condition');
      }
    } catch (error) {
      const { watch } = begun;
      const isHalted = run.halted !== undefined;
      const isCancelled = isCancellation(error) && run.scope.consideredCancelled;
      if (tells && watch !== undefined && (isHalted || isCancelled)) {
        const endedBy = isHalted ? 'a halt' : 'its cancellation';
        run.late = keepLate({ sinceMs, baseline, endedBy }, watch);
      }
      throw error;
    } finally {
      leases.cancel();
      await extending;
    }
    if (run.halted !== undefined) return;
    await lookAtEnd(run, spec, { step, progress });
  });
}

async function inTime(watch: () => Promise<Observed>, withinMs: number): Promise<Observed> {
  const scope = new CancellationScope();
  try {
    return await scope.run(() =>
      Promise.race([
        watch(),
        sleep(withinMs, { summary: 'the fault has had its time' }).then(() => ({
          ...{ samples: {}, problem: 'the observers did not end in time' },
        })),
      ]),
    );
  } finally {
    scope.cancel();
  }
}

/** The fault is there for no longer than somebody wants it to be. */
async function extendLeases(
  run: ExperimentRun,
  faults: readonly InjectedFault[],
  { durationMs, untilMs }: { durationMs: number; untilMs: number },
): Promise<void> {
  const sinceMs = run.found.injectedAtMs ?? Date.now();
  let endAtMs = sinceMs + firstLeaseFor(durationMs, faults.length - 1);
  try {
    for (;;) {
      const nowMs = Date.now();
      const waitMs = extendAfterMs(untilMs - nowMs, endAtMs - nowMs);
      if (waitMs === undefined) return;
      await sleep(waitMs, { summary: 'then the leases of the faults are extended' });
      endAtMs = Date.now() + leaseFor(untilMs - Date.now());
      // At once: one that does not answer must not have the others end meanwhile.
      await Promise.all(faults.map((fault) => extend(run, fault, untilMs)));
    }
  } catch (error) {
    if (!isCancellation(error)) throw error;
  }
}

/** One that cannot be extended ends by itself: whether it has is looked at when its time is over. */
async function extend(
  run: ExperimentRun,
  { target, lease }: InjectedFault,
  untilMs: number,
): Promise<void> {
  try {
    await run.actsOn(target).extend(lease, leaseFor(untilMs - Date.now()));
  } catch (error) {
    if (isCancellation(error)) throw error;
    const why = reasonOf(error);
    run.note(`The fault on ${callTarget(target)} was not extended: ${why}`);
  }
}
