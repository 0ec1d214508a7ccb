import { ApplicationFailure, condition, patched } from '@temporalio/workflow';
import { failureTypes } from '../../../src/contracts/kernel/failures.ts';
import type { HoldOutcome } from '../../../src/contracts/rollouts/hold.ts';
import type { StageStatus } from '../../../src/contracts/rollouts/status.ts';
import { boundCourse } from '../../../src/policies/rollouts/analysis/bound-course.ts';
import type { HoldClock } from '../../../src/policies/rollouts/hold-clock.ts';
import type { DeploymentSpec } from '../../../src/specs/rollouts/deployment.ts';
import { formatDuration } from '../../../src/specs/kernel/duration.ts';
import type { StageSpec, WaitLimit } from '../../../src/specs/rollouts/stage.ts';
import { putBackOnce } from './note-changes.ts';
import type { Ended } from '../../kernel/watch-chain.ts';
import type { HoldMonitor } from './hold-monitor.ts';
import type { Decision } from './mailbox.ts';
import type { OpenService } from './open-service.ts';
import type { Rollout } from './rollout.ts';

/** A stage that is open: what was asked for, and how it stands. */
export interface OpenStage {
  service: OpenService;
  spec: StageSpec;
  status: StageStatus;
  monitor: HoldMonitor;
  /** How its hold was ended early: by a person, or because nobody decided in time. */
  decision: Decision | undefined;
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
  const { clock } = rollout;
  clock.start(stage.spec.holdMs);
  rollout.enterPhase(
    'holding',
    `${whatIsHeld(stage.spec)} for ${formatDuration(stage.spec.holdMs)}`,
  );
  try {
    while ((stage.decision ??= rollout.inbox.decisions.value) === undefined) {
      showClock(rollout, stage);
      const outcome = await nextOutcome(rollout, stage, spec.pause);
      if (outcome === undefined) continue;
      const { verdict, endedAtMs, atDeadline, drift } = outcome;
      recordOutcome(rollout, stage, outcome);
      throwIfFailed(stage, outcome);
      if (drift !== undefined && !stage.service.hasCorrectedDrift) {
        await putBackOnce(rollout, stage.service, { drift });
        continue;
      }
      const { endsAtMs } = clock;
      const isOver = endsAtMs !== undefined && endedAtMs >= endsAtMs;
      if (verdict.kind === 'pass' && isEarly(outcome, endsAtMs)) return;
      if (verdict.kind === 'pass' && isOver) {
        if (await isStillOverAt(rollout, endsAtMs)) return;
        continue;
      }
      const isSilentTooSoon = !atDeadline && endsAtMs !== undefined;
      if (verdict.kind === 'inconclusive' && (isOver || isSilentTooSoon)) {
        askBecause(rollout, stage, spec, verdict.reasons);
      }
    }
    stage.status.note = `promoted by ${stage.decision.by}`;
  } finally {
    clock.remove();
    delete stage.status.holdEndsAtMs;
    delete stage.status.holdLeftMs;
  }
}

/** What has been shown already is not waited for. */
function isEarly({ atDeadline }: HoldOutcome, endsAtMs: number | undefined): boolean {
  return !atDeadline && endsAtMs !== undefined && patched('early-passes-end-holds');
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
  stage: OpenStage,
  limit: WaitLimit | undefined,
): Promise<Ended<HoldOutcome> | undefined> {
  const { monitor } = stage;
  const { reading } = rollout.clock;
  monitor.watchUntil(rollout.clock.endsAtMs);
  const hasChanged = () => monitor.hasOutcome() || hasDecidedOrPaused(rollout, reading);
  if (reading?.state === 'stopped' && limit !== undefined) {
    const leftMs = reading.sinceMs + limit.timeoutMs - Date.now();
    const someoneCame = await condition(hasChanged, Math.max(1, leftMs), {
      summary: `nobody decides: ${limit.onTimeout}`,
    });
    if (!someoneCame) stage.decision = decisionOfNobody(limit);
  } else {
    await condition(hasChanged);
  }
  return monitor.takeOutcome();
}

function hasDecidedOrPaused({ inbox, clock }: Rollout, reading: HoldClock | undefined): boolean {
  return inbox.decisions.value !== undefined || clock.reading !== reading;
}

/** A worker's clock that is ahead does not shorten the hold; people can still decide meanwhile. */
async function isStillOverAt(rollout: Rollout, endsAtMs: number): Promise<boolean> {
  const leftMs = endsAtMs - Date.now();
  if (leftMs <= 0 || !patched('holds-end-by-the-servers-clock')) return true;
  const { reading } = rollout.clock;
  const hasChanged = () => hasDecidedOrPaused(rollout, reading);
  return !(await condition(hasChanged, leftMs, { summary: 'the hold ends' }));
}

export function decisionOfNobody({ timeoutMs, onTimeout }: WaitLimit): Decision {
  const waited = `nobody decided within ${formatDuration(timeoutMs)}`;
  if (onTimeout === 'abort') throw analysisFailed(waited);
  return { kind: 'promote', by: `the pause's timeout (${waited})` };
}

/** Shows what a watch of the stage has measured. */
export function recordOutcome(
  rollout: Rollout,
  { status }: OpenStage,
  { verdict, progress }: HoldOutcome,
): void {
  status.verdict = verdict;
  const { length } = rollout.status.stages;
  status.measurements = boundCourse(progress.measurements, length);
  status.tallies = progress.tallies;
  status.canaryRequests = progress.canaryRequests;
  status.canaryErrors = progress.canaryErrors;
}

/** Metrics are still measured while a person is awaited, and a failure ends the wait. */
export function throwIfFailed({ spec }: OpenStage, { verdict }: HoldOutcome): void {
  if (verdict.kind !== 'fail') return;
  throw analysisFailed(`at ${spec.weight} %: ${verdict.reasons.join('; ')}`);
}

function askBecause(
  rollout: Rollout,
  { spec: { weight } }: OpenStage,
  spec: Pick<DeploymentSpec, 'onInconclusive'>,
  reasons: string[],
): void {
  const why = `at ${weight} %, not enough to tell: ${reasons.join('; ')}`;
  if (spec.onInconclusive === 'abort') throw analysisFailed(why);
  rollout.clock.pause();
  rollout.enterPhase('inconclusive', `Inconclusive ${why}. Promote or abort`);
}

function showClock(rollout: Rollout, { status }: OpenStage): void {
  const { reading, endsAtMs } = rollout.clock;
  if (reading === undefined) return;
  delete status.holdEndsAtMs;
  delete status.holdLeftMs;
  if (endsAtMs === undefined) status.holdLeftMs = reading.leftMs;
  else status.holdEndsAtMs = endsAtMs;
  rollout.refresh();
}

export function analysisFailed(reason: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(reason, failureTypes.analysisFailed);
}
