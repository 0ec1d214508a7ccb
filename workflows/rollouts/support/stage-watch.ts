import {
  ActivityCancellationType,
  ActivityFailure,
  CancellationScope,
  isCancellation,
  proxyActivities,
  patched,
  rootCause,
  sleep,
  TimeoutFailure,
  workflowInfo,
} from '@temporalio/workflow';
import type {
  AnalysisActivities,
  HoldOutcome,
  HoldProgress,
  WatchHoldInput,
} from '../../../src/contracts/rollouts/hold.ts';
import { watchTaskQueue } from '../../../src/contracts/kernel/task-queues.ts';
import type { RolloutSettings } from '../../../src/contracts/kernel/settings.ts';
import { noProgress } from '../../../src/policies/rollouts/analysis/progress.ts';
import { shortWatchMs, watchPauseMs } from '../../../src/policies/rollouts/watch-spacing.ts';
import {
  watchHeartbeatTimeoutMs,
  watchRetryMs,
} from '../../../src/policies/rollouts/watch-heartbeat.ts';

/**
 * While a person is waited for, one watch runs this long before the next takes over. Each carries
 * what was measured into the history twice, so they are few.
 */
const openEndedMs = 24 * 60 * 60_000;
const longestDelayMs = 60 * 60_000;
/** Hosts of the server may differ by this much: one scheduled the watch, another reports its end. */
const clockToleranceMs = 5_000;

/** `endedAtMs` is by the server's clock; one that was planned to end now ends as planned. */
export type WatchOutcome = HoldOutcome & { endedAtMs: number };

/** What a watch has to know of its rollout, at the moment at which it begins. */
interface Known {
  lastStep(): number;
  /** Whether what others change will be put back. */
  mayPutBack(): boolean;
}

/**
 * Keeps one watch running on a stage until its end is decided. Watches of one stage follow each
 * other, and each continues with what the previous one had measured.
 */
export class StageWatch {
  progress: HoldProgress = noProgress;
  private readonly subject: Omit<
    WatchHoldInput,
    'deadlineMs' | 'progress' | 'failuresOnly' | 'sinceStep' | 'reportsDrift'
  >;
  private readonly known: Known;
  private readonly settings: RolloutSettings;
  private current:
    | { startedAtMs: number; endsAtMs: number; scope: CancellationScope; outcome?: HoldOutcome }
    | undefined;
  private shortInARow = 0;

  constructor(subject: StageWatch['subject'], known: Known, settings: RolloutSettings) {
    this.subject = subject;
    this.known = known;
    this.settings = settings;
  }

  /** The target's weight as it should be from now on. */
  expectWeight(weight: number): void {
    this.subject.weight = weight;
  }

  /** Watches until then, or until a person decides if no end is given. */
  watchUntil(endsAtMs: number | undefined): void {
    if (this.current !== undefined && this.current.endsAtMs <= (endsAtMs ?? Infinity)) return;
    this.stop();
    const current: NonNullable<StageWatch['current']> = {
      startedAtMs: Date.now(),
      endsAtMs: endsAtMs ?? Date.now() + openEndedMs,
      scope: new CancellationScope(),
    };
    this.current = current;
    void current.scope
      .run(async () => {
        const untilEndMs = current.endsAtMs - Date.now();
        const pauseMs = Math.min(watchPauseMs(this.shortInARow), untilEndMs);
        if (pauseMs > 0 && patched('watches-are-spaced')) {
          await sleep(pauseMs, { summary: 'earlier watches ended immediately' });
          current.startedAtMs = Date.now();
        }
        return this.watch(current.endsAtMs, endsAtMs === undefined);
      })
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
    const { startedAtMs, endsAtMs, outcome } = current;
    const nowMs = Date.now();
    const isShort = nowMs < endsAtMs && nowMs - startedAtMs < shortWatchMs;
    this.shortInARow = isShort ? this.shortInARow + 1 : 0;
    this.progress = outcome.progress;
    this.current = undefined;
    return { ...outcome, endedAtMs: this.endOf(endsAtMs) };
  }

  private endOf(plannedMs: number): number {
    const nowMs = Date.now();
    if (nowMs + clockToleranceMs >= plannedMs) return plannedMs;
    return patched('holds-end-by-the-servers-clock') ? nowMs : plannedMs;
  }

  hasOutcome(): boolean {
    return this.current?.outcome !== undefined;
  }

  stop(): void {
    this.current?.scope.cancel();
    this.current = undefined;
  }

  private watch(deadlineMs: number, failuresOnly: boolean): Promise<HoldOutcome> {
    const longestMs = Math.max(0, deadlineMs - Date.now()) + longestDelayMs;
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
      sinceStep: this.known.lastStep(),
      reportsDrift: this.known.mayPutBack(),
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
