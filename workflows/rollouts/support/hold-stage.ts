import { ApplicationFailure, condition, patched } from '@temporalio/workflow';
import { failureTypes } from '../../../src/contracts/kernel/failures.ts';
import type { HoldOutcome } from '../../../src/contracts/rollouts/hold.ts';
import type { StageStatus } from '../../../src/contracts/rollouts/status.ts';
import { clockEndsAt, startClock, stopClock } from '../../../src/policies/rollouts/hold-clock.ts';
import type { DeploymentSpec } from '../../../src/specs/rollouts/deployment.ts';
import { formatDuration } from '../../../src/specs/kernel/duration.ts';
import type { StageSpec, WaitLimit } from '../../../src/specs/rollouts/stage.ts';
import { putBackOnce } from './note-changes.ts';
import type { Rollout } from '../../kernel/rollout.ts';
import type { ServiceActs } from './service-acts.ts';
import type { StageWatch, WatchOutcome } from './stage-watch.ts';

/** A stage that is open: what was asked for, and how it stands. */
export interface OpenStage {
  acts: ServiceActs;
  spec: StageSpec;
  status: StageStatus;
  watch: StageWatch;
}

/**
 * Holds a stage until its clock runs out with a pass, or a person decides. Throws where the
 * metrics fail, or where too little was seen and the spec says to abort then.
 */
export async function holdStage(
  rollout: Rollout,
  stage: OpenStage,
  spec: Pick<DeploymentSpec, 'pause' | 'onInconclusive'>,
): Promise<void> {
  if (stage.spec.holdMs === 0) return;
  rollout.clock = startClock(stage.spec.holdMs, Date.now());
  rollout.enterPhase(
    'holding',
    `${whatIsHeld(stage.spec)} for ${formatDuration(stage.spec.holdMs)}`,
  );
  try {
    while (rollout.decision === undefined) {
      showClock(rollout, stage);
      const outcome = await nextOutcome(rollout, stage, spec.pause);
      if (outcome === undefined) continue;
      const { verdict, endedAtMs, atDeadline, drift } = outcome;
      failOn(stage, outcome);
      if (drift !== undefined && !rollout.hasCorrectedDrift) {
        await putBackOnce(rollout, stage.acts, { drift });
        continue;
      }
      const endsAtMs = clockEndsAt(rollout.clock);
      const isOver = endsAtMs !== undefined && endedAtMs >= endsAtMs;
      if (verdict.kind === 'pass' && isOver) {
        if (await isStillOverAt(rollout, endsAtMs)) return;
        continue;
      }
      const isSilentTooSoon = !atDeadline && endsAtMs !== undefined;
      if (verdict.kind === 'inconclusive' && (isOver || isSilentTooSoon)) {
        askBecause(rollout, stage, spec, verdict.reasons);
      }
    }
    stage.status.note = `promoted by ${rollout.decision.by}`;
  } finally {
    rollout.clock = undefined;
    delete stage.status.holdEndsAtMs;
    delete stage.status.holdLeftMs;
  }
}

function whatIsHeld({ weight }: StageSpec): string {
  return weight === 100 ? 'Watching all traffic' : `Holding ${weight} %`;
}

/**
 * Waits until the stage's watch ends, a person changes something, or nobody decides in time;
 * undefined if only something changed.
 */
async function nextOutcome(
  rollout: Rollout,
  { watch }: OpenStage,
  limit: WaitLimit | undefined,
): Promise<WatchOutcome | undefined> {
  const { clock } = rollout;
  watch.watchUntil(clock && clockEndsAt(clock));
  const somethingHappened = () =>
    watch.hasOutcome() || rollout.decision !== undefined || rollout.clock !== clock;
  if (clock?.state === 'stopped' && limit !== undefined) {
    const leftMs = clock.sinceMs + limit.timeoutMs - Date.now();
    const someoneCame = await condition(somethingHappened, Math.max(1, leftMs), {
      summary: `nobody decides: ${limit.onTimeout}`,
    });
    if (!someoneCame) decideForNobody(rollout, limit);
  } else {
    await condition(somethingHappened);
  }
  return watch.takeOutcome();
}

/** A worker's clock that is ahead does not shorten the hold; people can still decide meanwhile. */
async function isStillOverAt(rollout: Rollout, endsAtMs: number): Promise<boolean> {
  const leftMs = endsAtMs - Date.now();
  if (leftMs <= 0 || !patched('holds-end-by-the-servers-clock')) return true;
  const { clock } = rollout;
  const hasChanged = () => rollout.decision !== undefined || rollout.clock !== clock;
  return !(await condition(hasChanged, leftMs, { summary: 'the hold ends' }));
}

function decideForNobody(rollout: Rollout, limit: WaitLimit): void {
  const waited = `nobody decided within ${formatDuration(limit.timeoutMs)}`;
  if (limit.onTimeout === 'abort') throw analysisFailed(waited);
  rollout.decision = { kind: 'promote', by: `the pause's timeout (${waited})` };
}

/** Metrics are still measured while a person is awaited, and a failure ends the wait. */
export function failOn(stage: OpenStage, { verdict, progress }: HoldOutcome): void {
  stage.status.verdict = verdict;
  stage.status.measurements = progress.measurements;
  stage.status.tallies = progress.tallies;
  stage.status.canaryRequests = progress.canaryRequests;
  stage.status.canaryErrors = progress.canaryErrors;
  if (verdict.kind === 'fail') {
    throw analysisFailed(`at ${stage.spec.weight} %: ${verdict.reasons.join('; ')}`);
  }
}

function askBecause(
  rollout: Rollout,
  { spec: { weight } }: OpenStage,
  spec: Pick<DeploymentSpec, 'onInconclusive'>,
  reasons: string[],
): void {
  const why = `at ${weight} %, not enough to tell: ${reasons.join('; ')}`;
  if (spec.onInconclusive === 'abort') throw analysisFailed(why);
  if (rollout.clock !== undefined) rollout.clock = stopClock(rollout.clock, Date.now());
  rollout.enterPhase('inconclusive', `Inconclusive ${why}. Promote or abort`);
}

function showClock(rollout: Rollout, { status }: OpenStage): void {
  const { clock } = rollout;
  if (clock === undefined) return;
  const endsAtMs = clockEndsAt(clock);
  delete status.holdEndsAtMs;
  delete status.holdLeftMs;
  if (endsAtMs === undefined) status.holdLeftMs = clock.leftMs;
  else status.holdEndsAtMs = endsAtMs;
  rollout.refresh();
}

function analysisFailed(reason: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(reason, failureTypes.analysisFailed);
}
