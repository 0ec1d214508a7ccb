import type { ServiceRef } from '../../src/contracts/platform.ts';
import type { RolloutReport } from '../../src/contracts/report.ts';
import type { Release } from '../../src/specs/release.ts';
import { startLoad, type Load } from '../../scripts/load/load-client.ts';
import { quantilesOf, type Quantiles } from '../measures/quantiles.ts';
import { progress } from '../report/tell.ts';
import type { MeasuredSystem } from '../system/measured-system.ts';
import { firstRelease, serviceNamed, shop, startCanary } from '../system/services.ts';

export interface DetectionPlan {
  repetitions: number;
  requestsPerSecond: number;
}

export interface DetectionFigures {
  bad: { of: number; undone: number; exposed: Quantiles; failed: Quantiles; reasons: string[] };
  good: { of: number; promoted: number; reasons: string[] };
}

export const mostExposed = 140;
export const mostFailed = 7;

const errorRate = (version: string, rate: number) => {
  const release = shop(version);
  return { ...release, env: { ...release.env, ERROR_RATE: String(rate) } };
};

const metrics = [{ name: 'error-rate', max: '1%' }];
const analysis = { judge: 'sequential', interval: '250ms', alpha: '1%' };

/** Bad releases beside a stable one without errors, then good ones beside one as good. */
export async function measureDetections(
  system: MeasuredSystem,
  { repetitions, requestsPerSecond }: DetectionPlan,
): Promise<DetectionFigures> {
  return {
    bad: await measureBad(system, repetitions, requestsPerSecond),
    good: await measureGood(system, repetitions, requestsPerSecond),
  };
}

async function measureBad(
  system: MeasuredSystem,
  repetitions: number,
  requestsPerSecond: number,
): Promise<DetectionFigures['bad']> {
  const service = { name: 'bad', stable: shop('v0'), requestsPerSecond };
  const seen = await underLoad(system, service, repetitions, async (ref, version, load) => {
    const before = load.counts.lost;
    const report = await rollOut(system, ref, { release: errorRate(version, 0.05), hold: '10m' });
    const failed = load.counts.lost - before;
    const exposed = load.counts.byVersion[version] ?? 0;
    progress(`bad release ${version}: ${report.outcome}, ${exposed} requests, ${failed} failed`);
    return { exposed, failed, report };
  });
  return {
    of: repetitions,
    undone: seen.filter(({ report }) => report.outcome === 'RolledBack').length,
    exposed: quantilesOf(seen.map(({ exposed }) => exposed)),
    failed: quantilesOf(seen.map(({ failed }) => failed)),
    reasons: seen.map(({ report }) => report.reason),
  };
}

async function measureGood(
  system: MeasuredSystem,
  repetitions: number,
  requestsPerSecond: number,
): Promise<DetectionFigures['good']> {
  const service = { name: 'good', stable: errorRate('v0', 0.005), requestsPerSecond };
  const reports = await underLoad(system, service, repetitions, async (ref, version) => {
    const report = await rollOut(system, ref, { release: errorRate(version, 0.005), hold: '20s' });
    progress(`good release ${version}: ${report.outcome}, ${report.reason}`);
    return report;
  });
  return {
    of: repetitions,
    promoted: reports.filter(({ outcome }) => outcome === 'Promoted').length,
    reasons: reports.map(({ stages }) => stages[0]?.verdict?.reasons.join('; ') ?? ''),
  };
}

interface LoadedService {
  name: string;
  stable: Release;
  requestsPerSecond: number;
}

/** One release after the other on a service that is called all the time. */
async function underLoad<T>(
  system: MeasuredSystem,
  { name, stable, requestsPerSecond }: LoadedService,
  releases: number,
  rollOutOne: (ref: ServiceRef, version: string, load: Load) => Promise<T>,
): Promise<T[]> {
  const ref = serviceNamed(name);
  const url = await firstRelease(system, ref, stable);
  const load = startLoad({ url, ratePerSecond: requestsPerSecond, keepAlive: true });
  const seen: T[] = [];
  try {
    for (let nth = 1; nth <= releases; nth++) seen.push(await rollOutOne(ref, `v${nth}`, load));
  } finally {
    await load.stop();
  }
  return seen;
}

async function rollOut(
  system: MeasuredSystem,
  ref: ServiceRef,
  { release, hold }: { release: Release; hold: string },
): Promise<RolloutReport> {
  const id = await startCanary(system, ref, {
    release,
    stages: [{ weight: 20, hold }],
    metrics,
    analysis,
    onInconclusive: 'abort',
  });
  return (await system.client.workflow.getHandle(id).result()) as RolloutReport;
}
