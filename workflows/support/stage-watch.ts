import {
  ActivityCancellationType,
  ActivityFailure,
  CancellationScope,
  isCancellation,
  proxyActivities,
  rootCause,
  TimeoutFailure,
  workflowInfo,
} from '@temporalio/workflow';
import type {
  AnalysisActivities,
  HoldOutcome,
  HoldProgress,
  HoldWatch,
} from '../../src/contracts/hold.ts';
import { watchTaskQueue } from '../../src/contracts/messages.ts';
import type { RolloutSettings } from '../../src/contracts/settings.ts';
import { noProgress } from '../../src/policies/analysis/progress.ts';
import {
  watchHeartbeatTimeoutMs,
  watchRetryMs,
} from '../../src/policies/rollout/watch-heartbeat.ts';

/** While a person is waited for, one watch runs this long before the next takes over. */
const openEndedMs = 60 * 60_000;

export type WatchOutcome = HoldOutcome & { endedAtMs: number };

/**
 * Keeps one watch going on a stage, whoever decides the end of it. Watches of one stage follow
 * each other and carry on with what the one before had reported.
 */
export class StageWatch {
  progress: HoldProgress = noProgress;
  private readonly subject: Omit<
    HoldWatch,
    'deadlineMs' | 'progress' | 'failuresOnly' | 'sinceStep'
  >;
  private readonly lastStep: () => number;
  private readonly settings: RolloutSettings;
  private current:
    { endsAtMs: number; scope: CancellationScope; outcome?: HoldOutcome } | undefined;

  constructor(subject: StageWatch['subject'], lastStep: () => number, settings: RolloutSettings) {
    this.subject = subject;
    this.lastStep = lastStep;
    this.settings = settings;
  }

  /** What the target's weight is to be from now on. */
  expectWeight(weight: number): void {
    this.subject.weight = weight;
  }

  /** Watches until then; for as long as a person takes if no end is given. */
  watchUntil(endsAtMs: number | undefined): void {
    if (this.current !== undefined && this.current.endsAtMs <= (endsAtMs ?? Infinity)) return;
    this.stop();
    const current: NonNullable<StageWatch['current']> = {
      endsAtMs: endsAtMs ?? Date.now() + openEndedMs,
      scope: new CancellationScope(),
    };
    this.current = current;
    void current.scope
      .run(() => this.watch(current.endsAtMs, endsAtMs === undefined))
      .then(
        (outcome) => {
          current.outcome = outcome;
        },
        (error: unknown) => {
          if (!isCancellation(error)) current.outcome = this.unwatched(error);
        },
      );
  }

  /** The outcome of the watch that ended, once. */
  takeOutcome(): WatchOutcome | undefined {
    const { current } = this;
    if (current?.outcome === undefined) return undefined;
    this.progress = current.outcome.progress;
    this.current = undefined;
    return { ...current.outcome, endedAtMs: current.endsAtMs };
  }

  hasOutcome(): boolean {
    return this.current?.outcome !== undefined;
  }

  stop(): void {
    this.current?.scope.cancel();
    this.current = undefined;
  }

  private watch(deadlineMs: number, failuresOnly: boolean): Promise<HoldOutcome> {
    const longestMs = Math.max(0, deadlineMs - Date.now()) + openEndedMs;
    const { watchHold } = proxyActivities<AnalysisActivities>({
      taskQueue: watchTaskQueue(workflowInfo().taskQueue),
      cancellationType: ActivityCancellationType.TRY_CANCEL,
      scheduleToStartTimeout: this.settings.unwatchedLimitMs,
      startToCloseTimeout: longestMs,
      scheduleToCloseTimeout: longestMs,
      heartbeatTimeout: watchHeartbeatTimeoutMs(this.settings.blindTimeMs),
      retry: { initialInterval: watchRetryMs, backoffCoefficient: 1 },
      summary: `watch the canary at ${this.subject.weight} %`,
    });
    return watchHold({
      ...this.subject,
      sinceStep: this.lastStep(),
      deadlineMs,
      failuresOnly,
      progress: this.progress,
    });
  }

  private unwatched(error: unknown): HoldOutcome {
    const timeout = error instanceof ActivityFailure ? error.cause : undefined;
    const last: unknown =
      timeout instanceof TimeoutFailure ? timeout.lastHeartbeatDetails : undefined;
    const reason = `nobody watched the hold: ${rootCause(error) ?? String(error)}`;
    return {
      verdict: { kind: 'inconclusive', reasons: [reason] },
      atDeadline: false,
      progress: (last as HoldProgress | undefined) ?? this.progress,
    };
  }
}
