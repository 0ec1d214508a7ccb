import type { ServiceState, TrackState } from '../../src/contracts/rollouts/platform.ts';
import type { TrackCounters, TrafficSnapshot } from '../../src/contracts/rollouts/traffic.ts';

interface Served {
  countedAtMs: number;
  stable: TrackCounters;
  canary: TrackCounters;
}

/** Requests to the services of a platform in memory: counted when they are asked about, by the weight of then. */
export class MemoryTraffic {
  /** Share of the requests that fail, by version. */
  readonly errorRates: Record<string, number> = {};
  /** Over both tracks of a service. */
  requestsPerSecond = 1000;
  private readonly startedAtMs = Date.now();
  private readonly served = new Map<string, Served>();

  read(key: string, service: ServiceState | undefined): TrafficSnapshot {
    const { stable, canary } = this.count(key, service);
    const since = this.startedAtMs;
    return {
      takenAtMs: Date.now(),
      sources: {
        stable: { track: 'stable', since, counters: structuredClone(stable) },
        canary: { track: 'canary', since, counters: structuredClone(canary) },
      },
    };
  }

  /** Adds the requests that came since the last time; to be called before the weight changes. */
  count(key: string, service: ServiceState | undefined): Served {
    const now = Date.now();
    const served = this.served.get(key) ?? {
      countedAtMs: now,
      stable: noTraffic(),
      canary: noTraffic(),
    };
    this.served.set(key, served);
    const { canaryWeight = 0, canary, stable } = service ?? {};
    const requests = ((now - served.countedAtMs) / 1000) * this.requestsPerSecond;
    served.countedAtMs = now;
    this.add(served.canary, canary, (requests * canaryWeight) / 100);
    this.add(served.stable, stable, (requests * (100 - canaryWeight)) / 100);
    return served;
  }

  private add(counters: TrackCounters, track: TrackState | undefined, share: number): void {
    const requests = Math.round(share);
    counters.requests += requests;
    counters.errors += Math.round(requests * (this.errorRates[track?.release.version ?? ''] ?? 0));
    counters.latency.counts = counters.latency.counts.map((count) => count + requests);
  }
}

function noTraffic(): TrackCounters {
  return { requests: 0, errors: 0, latency: { boundsMs: [10, 100, null], counts: [0, 0, 0] } };
}
