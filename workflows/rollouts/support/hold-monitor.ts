import {
  ActivityCancellationType,
  ActivityFailure,
  proxyActivities,
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
import { noProgress } from '../../../src/policies/rollouts/analysis/progress.ts';
import {
  watchHeartbeatTimeoutMs,
  watchRetryMs,
} from '../../../src/policies/rollouts/watch-heartbeat.ts';
import { reasonOf } from '../../kernel/reason-of.ts';
import { WatchChain, type Ended } from '../../kernel/watch-chain.ts';
import type { OpenService } from './open-service.ts';
import type { Rollout } from './rollout.ts';

const longestDelayMs = 60 * 60_000;

type Subject = Omit<
  WatchHoldInput,
  'ref' | 'rolloutId' | 'deadlineMs' | 'progress' | 'failuresOnly' | 'sinceStep' | 'reportsDrift'
>;

/**
 * Measures one stage until its end is decided: watches of it follow each other, and each continues
 * with what the previous one had measured.
 */
export class HoldMonitor {
  readonly #rollout: Rollout;
  readonly #service: OpenService;
  readonly #subject: Subject;
  readonly #chain = new WatchChain<HoldOutcome>({
    watch: (untilMs, isOpenEnded) => this.#watch(untilMs, isOpenEnded),
    lost: (error) => this.#lost(error),
  });
  #progress: HoldProgress = noProgress;

  constructor(rollout: Rollout, service: OpenService, subject: Subject) {
    this.#rollout = rollout;
    this.#service = service;
    this.#subject = subject;
  }

  /** The target's weight as it should be from now on. */
  expectWeight(weight: number): void {
    this.#subject.weight = weight;
  }

  /** Watches until then, or until a person decides if no end is given. */
  watchUntil(endsAtMs: number | undefined): void {
    this.#chain.watchUntil(endsAtMs);
  }

  /** What this hold and those before it have shown, for the next one; absent where nothing was weighed. */
  evidence(): WatchHoldInput['earlier'] {
    const { evidence } = this.#progress;
    const { earlier } = this.#subject;
    return evidence && earlier ? { ...earlier, ...evidence } : (evidence ?? earlier);
  }

  hasOutcome(): boolean {
    return this.#chain.hasOutcome();
  }

  /** The outcome of the watch that ended, once. */
  takeOutcome(): Ended<HoldOutcome> | undefined {
    const outcome = this.#chain.takeOutcome();
    if (outcome !== undefined) this.#progress = outcome.progress;
    return outcome;
  }

  /** What happens from now on, until it watches again, is not held against the release. */
  setAside(): void {
    this.stop();
    const { baseline: _, starts: __, ...progress } = this.#progress;
    this.#progress = progress;
  }

  stop(): void {
    this.#chain.stop();
  }

  #watch(deadlineMs: number, failuresOnly: boolean): Promise<HoldOutcome> {
    const { settings, id: rolloutId } = this.#rollout;
    const { acts, hasCorrectedDrift } = this.#service;
    const longestMs = Math.max(0, deadlineMs - Date.now()) + longestDelayMs;
    const { watchHold } = proxyActivities<AnalysisActivities>({
      taskQueue: watchTaskQueue(workflowInfo().taskQueue),
      cancellationType: ActivityCancellationType.TRY_CANCEL,
      scheduleToStartTimeout: settings.unwatchedLimitMs,
      startToCloseTimeout: longestMs,
      scheduleToCloseTimeout: longestMs,
      heartbeatTimeout: watchHeartbeatTimeoutMs(settings.blindTimeMs),
      retry: { initialInterval: watchRetryMs, backoffCoefficient: 1 },
      summary: `watch the canary at ${this.#subject.weight} %`,
    });
    return watchHold({
      ref: acts.ref,
      rolloutId,
      ...this.#subject,
      sinceStep: acts.lastStep(),
      reportsDrift: !hasCorrectedDrift,
      deadlineMs,
      failuresOnly,
      progress: this.#progress,
    });
  }

  #lost(error: unknown): HoldOutcome {
    const timeout = error instanceof ActivityFailure ? error.cause : undefined;
    const last: unknown =
      timeout instanceof TimeoutFailure ? timeout.lastHeartbeatDetails : undefined;
    const reason = `nobody watched the hold: ${reasonOf(error)}`;
    return {
      verdict: { kind: 'inconclusive', reasons: [reason] },
      atDeadline: false,
      progress: (last as HoldProgress | undefined) ?? this.#progress,
    };
  }
}
