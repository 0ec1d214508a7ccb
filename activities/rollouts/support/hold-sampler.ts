import type {
  HoldOutcome,
  HoldProgress,
  WatchHoldInput,
} from '../../../src/contracts/rollouts/hold.ts';
import type {
  Platform,
  ServiceState,
  TrackState,
} from '../../../src/contracts/rollouts/platform.ts';
import { PlatformError } from '../../../src/contracts/rollouts/platform.ts';
import {
  SourceError,
  type MetricReader,
  type ReadSubject,
} from '../../../src/contracts/rollouts/metric-reader.ts';
import type { TrafficSnapshot } from '../../../src/contracts/rollouts/traffic.ts';
import type { Verdict } from '../../../src/contracts/rollouts/verdict.ts';
import { isOutdated, judgeTarget } from '../../../src/policies/rollouts/analysis/judge-target.ts';
import { continueSample } from '../../../src/policies/rollouts/analysis/continue-sample.ts';
import { countSourceErrors } from '../../../src/policies/rollouts/analysis/progress.ts';
import { judgeOf, type Judge } from '../../../src/policies/rollouts/analysis/judge.ts';
import { takeSample } from './take-sample.ts';

/** The longest time between two checks of the target. */
const checkEveryMs = 10_000;
const recheckAfterMs = 1_000;

export interface WatcherSurroundings {
  progress: HoldProgress;
  heartbeat(progress: HoldProgress): void;
  /** Rejects when the watch is cancelled. */
  sleep(ms: number): Promise<void>;
  now(): number;
  /** The longest time without a heartbeat. */
  beatMs: number;
}

/** Watches one hold: samples its metrics at their interval, checks the target, and stops at the first verdict. */
export class HoldSampler {
  private readonly platform: Platform;
  private readonly reader: MetricReader;
  private readonly hold: WatchHoldInput;
  private readonly surroundings: WatcherSurroundings;
  /** Absent where nothing is measured. */
  private readonly judge: Judge | undefined;
  private progress: HoldProgress;
  private wasUnready = false;
  private wasDrifting = false;
  private isTargetKnown = false;
  private drift: string[] | undefined;
  /** Of the target as it was checked last. */
  private replicas: NonNullable<ReadSubject['replicas']> = {};
  private nextCheckMs: number;
  private nextMeasurementMs: number;
  /** By the clock of this watch: the platform's may differ. */
  private baselineAtMs: number | undefined;

  constructor(
    { platform, reader }: { platform: Platform; reader: MetricReader },
    hold: WatchHoldInput,
    surroundings: WatcherSurroundings,
  ) {
    this.platform = platform;
    this.reader = reader;
    this.hold = hold;
    this.surroundings = surroundings;
    this.judge = judgeOf(hold);
    this.progress = surroundings.progress;
    const now = surroundings.now();
    this.nextCheckMs = now;
    const { baseline } = this.progress;
    this.baselineAtMs = baseline && Math.min(baseline.takenAtMs, now);
    this.nextMeasurementMs = this.firstMeasurement(now);
  }

  async watch(): Promise<HoldOutcome> {
    for (;;) {
      const isOver = this.surroundings.now() >= this.hold.deadlineMs;
      const early = (await this.checkTarget()) ?? (await this.measure(isOver));
      const verdict = early ?? (isOver ? this.judgeAtDeadline() : undefined);
      if (verdict !== undefined) {
        const { drift } = this;
        return {
          verdict,
          ...(drift && { drift }),
          atDeadline: early === undefined,
          progress: this.progress,
        };
      }
      this.surroundings.heartbeat(this.progress);
      await this.surroundings.sleep(this.untilNextMs());
    }
  }

  private untilNextMs(): number {
    const { now, beatMs } = this.surroundings;
    const next = Math.min(this.nextCheckMs, this.nextMeasurementMs, this.hold.deadlineMs);
    return Math.max(1, Math.min(next - now(), beatMs));
  }

  private async checkTarget(): Promise<Verdict | undefined> {
    const { now } = this.surroundings;
    if (now() < Math.min(this.nextCheckMs, this.hold.deadlineMs)) return undefined;
    this.nextCheckMs = now() + Math.min(checkEveryMs, this.hold.intervalMs);
    const state = await this.unlessUnavailable(() => this.platform.readService(this.hold.ref));
    this.isTargetKnown = state !== unavailable;
    if (state === unavailable) return undefined;
    if (state !== undefined && isOutdated(state, this.hold)) {
      this.isTargetKnown = false;
      return undefined;
    }
    this.replicas = namesOf(state);
    const condition = judgeTarget(this.hold, state);
    switch (condition.kind) {
      case 'as-expected':
        this.wasUnready = false;
        this.wasDrifting = false;
        return undefined;
      case 'verdict':
        return this.unlessKnown(condition.verdict);
      case 'drift':
        return this.confirmDrift(condition.changes);
      case 'unready': {
        const isLost = this.wasUnready;
        this.wasUnready = true;
        return isLost
          ? { kind: 'fail', reasons: [`the ${this.hold.track} is lost: ${condition.reason}`] }
          : undefined;
      }
    }
  }

  /** A single snapshot may be outdated, so drift is confirmed with a second one soon after. */
  private confirmDrift(changes: string[]): Verdict | undefined {
    if (this.hold.failuresOnly && !this.hold.reportsDrift) return undefined;
    if (!this.wasDrifting) {
      this.wasDrifting = true;
      this.nextCheckMs = this.surroundings.now() + recheckAfterMs;
      return undefined;
    }
    this.drift = changes;
    return { kind: 'inconclusive', reasons: changes };
  }

  private async measure(isOver: boolean): Promise<Verdict | undefined> {
    const { judge } = this;
    if (judge === undefined) return undefined;
    const now = this.surroundings.now();
    if (now >= this.nextMeasurementMs || (isOver && this.hasMostOfAnInterval(now))) {
      await this.takeMeasurement(judge);
    }
    const verdict = judge.soFar(this.progress);
    return verdict && this.unlessKnown(verdict);
  }

  private judgeAtDeadline(): Verdict {
    if (this.judge !== undefined) return this.judge.atDeadline(this.progress);
    return this.isTargetKnown
      ? { kind: 'pass', reasons: ['analysis: none'] }
      : { kind: 'inconclusive', reasons: ['the platform does not answer'] };
  }

  private async takeMeasurement(judge: Judge): Promise<void> {
    const nowMs = this.surroundings.now();
    this.nextMeasurementMs = nowMs + this.hold.intervalMs;
    const { sample, trafficError, errors } = await takeSample(
      { ...this.hold, replicas: this.replicas },
      judge.due(this.progress, nowMs),
      {
        reader: this.reader,
        platformTraffic: () => this.readPlatformTraffic(),
        now: this.surroundings.now,
      },
    );
    this.progress = countSourceErrors(this.progress, { trafficError, errors, sample });
    const isBlind = trafficError !== undefined && Object.keys(sample.readings).length === 0;
    if (isBlind) return;
    const { baseline } = this.progress;
    if (baseline !== undefined) this.progress = judge.record(this.progress, baseline, sample);
    this.progress = { ...this.progress, baseline: continueSample(baseline, sample) };
    this.baselineAtMs = nowMs;
    this.nextMeasurementMs = this.measurementAfter(nowMs);
  }

  private async readPlatformTraffic(): Promise<TrafficSnapshot> {
    try {
      return await this.platform.readTraffic(this.hold.ref);
    } catch (error) {
      throw this.isNoAnswer(error) ? new SourceError(error.message) : error;
    }
  }

  private firstMeasurement(nowMs: number): number {
    if (this.judge === undefined) return Infinity;
    return this.baselineAtMs === undefined ? nowMs : this.measurementAfter(this.baselineAtMs);
  }

  /** An interval later; at the deadline if what is left of the hold then could not be judged by itself. */
  private measurementAfter(atMs: number): number {
    const { deadlineMs, intervalMs } = this.hold;
    const dueMs = atMs + intervalMs;
    return deadlineMs - dueMs < intervalMs / 2 ? Infinity : dueMs;
  }

  private hasMostOfAnInterval(now: number): boolean {
    const { baselineAtMs } = this;
    return baselineAtMs !== undefined && now - baselineAtMs >= this.hold.intervalMs / 2;
  }

  /** While a person is waited for, only a failure is news. */
  private unlessKnown(verdict: Verdict): Verdict | undefined {
    return this.hold.failuresOnly && verdict.kind !== 'fail' ? undefined : verdict;
  }

  private async unlessUnavailable<T>(ask: () => Promise<T>): Promise<T | typeof unavailable> {
    try {
      return await ask();
    } catch (error) {
      if (this.isNoAnswer(error)) return unavailable;
      throw error;
    }
  }

  /**
   * A platform that does not answer now is no verdict; it is asked again. Nor is one that refuses
   * to answer while a person is waited for: a watch that ended at once would only be followed by
   * the next.
   */
  private isNoAnswer(error: unknown): error is PlatformError {
    if (!(error instanceof PlatformError)) return false;
    return error.code === 'unavailable' || this.hold.failuresOnly;
  }
}

const unavailable = Symbol('unavailable');

function namesOf(state: ServiceState | undefined): NonNullable<ReadSubject['replicas']> {
  const names = (track: TrackState | undefined) => (track?.replicas ?? []).map(({ name }) => name);
  return { stable: names(state?.stable), canary: names(state?.canary) };
}
