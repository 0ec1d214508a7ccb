import { vi } from 'vitest';
import { HoldSampler } from '../../../../activities/rollouts/support/hold-sampler.ts';
import type {
  HoldOutcome,
  HoldProgress,
  WatchHoldInput,
} from '../../../../src/contracts/rollouts/hold.ts';
import { PlatformError } from '../../../../src/contracts/rollouts/platform.ts';
import type { ServiceRef } from '../../../../src/contracts/rollouts/platform.ts';
import { noProgress } from '../../../../src/policies/rollouts/analysis/progress.ts';
import type { MeasuredAnalysis } from '../../../../src/specs/rollouts/analysis.ts';
import type { ThresholdJudge } from '../../../../src/specs/rollouts/judges.ts';
import { MemoryPlatform } from '../../../fakes/memory-platform.ts';
import { MemorySources } from '../../../fakes/memory-sources.ts';

export const second = 1000;
export const minute = 60 * second;

const ref: ServiceRef = { service: 'shop', environment: 'demo', target: { platform: 'local' } };
const fence = { rolloutId: 'r1', step: 1 };

/** A canary at 20 % that is watched for ten minutes, on a clock that only the watching moves. */
export class HeldCanary {
  readonly platform = new MemoryPlatform();
  readonly beganAtMs = Date.now();
  /** The times of the measurements, in milliseconds since the hold began; the baseline is the first. */
  readonly measuredAtMs: number[] = [];
  readonly heartbeats: HoldProgress[] = [];
  readonly sources = new MemorySources();
  private plans: { atMs: number; happen: () => void }[] = [];

  static async start(): Promise<HeldCanary> {
    const held = new HeldCanary();
    const { platform } = held;
    platform.serve(ref, { version: 'v1' });
    await platform.claim(ref, fence, 'rollout/demo/shop');
    await platform.applyCanary(ref, fence, {
      release: { version: 'v2' },
      replicas: 2,
      readiness: { deadlineMs: 1_000 },
    });
    await platform.setWeight(ref, fence, 20);
    const readTraffic = platform.readTraffic.bind(platform);
    platform.readTraffic = (service) => {
      held.measuredAtMs.push(held.elapsedMs);
      return readTraffic(service);
    };
    return held;
  }

  get elapsedMs(): number {
    return Date.now() - this.beganAtMs;
  }

  /** At this time of the hold, once the watch sleeps past it. */
  at(atMs: number, happen: () => void): void {
    this.plans.push({ atMs, happen });
  }

  between(fromMs: number, toMs: number, begin: () => void, end: () => void): void {
    this.at(fromMs, begin);
    this.at(toMs, end);
  }

  away(fromMs: number, toMs: number): void {
    const { platform } = this;
    const readService = platform.readService.bind(platform);
    const silence = new PlatformError('unavailable', 'connection refused');
    this.between(
      fromMs,
      toMs,
      () => {
        platform.broken.set('readTraffic', silence);
        platform.readService = () => Promise.reject(silence);
      },
      () => {
        platform.broken.delete('readTraffic');
        platform.readService = readService;
      },
    );
  }

  setReady(ready: boolean): void {
    for (const replica of this.platform.state(ref).canary?.replicas ?? []) replica.ready = ready;
  }

  changeWeight(weight: number): void {
    this.platform.state(ref).canaryWeight = weight;
  }

  forget(): void {
    delete this.platform.state(ref).owner;
  }

  watch(
    over: Partial<WatchHoldInput> = {},
    progress: HoldProgress = noProgress,
    delayMs = 0,
  ): Promise<HoldOutcome> {
    const hold: WatchHoldInput = {
      ref,
      rolloutId: 'r1',
      version: 'v2',
      track: 'canary',
      sinceStep: 0,
      weight: 20,
      analysis: threshold,
      intervalMs: minute,
      holdMs: 10 * minute,
      tests: 1,
      deadlineMs: this.beganAtMs + 10 * minute,
      failuresOnly: false,
      ...over,
    };
    return new HoldSampler({ platform: this.platform, reader: this.sources }, hold, {
      progress,
      heartbeat: (latest) => this.heartbeats.push(structuredClone(latest)),
      sleep: async (ms) => {
        this.advance(ms + delayMs);
        await Promise.resolve();
      },
      now: Date.now,
      beatMs: 7 * second,
    }).watch();
  }

  /** Lets time pass in which nobody watches. */
  advance(ms: number): void {
    const endMs = this.elapsedMs + ms;
    const due = this.plans.filter(({ atMs }) => atMs < endMs);
    this.plans = this.plans.filter(({ atMs }) => atMs >= endMs);
    for (const { atMs, happen } of due.sort((a, b) => a.atMs - b.atMs)) {
      vi.setSystemTime(this.beganAtMs + atMs);
      happen();
    }
    vi.setSystemTime(this.beganAtMs + endMs);
  }
}

export const threshold: MeasuredAnalysis & ThresholdJudge = {
  mode: 'threshold',
  metrics: [{ name: 'error-rate', measure: { kind: 'error-rate' }, max: 0.01 }],
  intervalMs: minute,
  count: 5,
  failureLimit: 2,
  consecutiveErrorLimit: 4,
  minRequests: 1,
};
