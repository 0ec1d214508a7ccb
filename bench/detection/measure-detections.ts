import type { RolloutReport } from '../../src/contracts/report.ts';
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
  const ref = serviceNamed('bad');
  const url = await firstRelease(system, ref, shop('v0'));
  const load = startLoad({ url, ratePerSecond: requestsPerSecond, keepAlive: true });
  const seen: { exposed: number; failed: number; report: RolloutReport }[] = [];
  try {
    for (let nth = 1; nth <= repetitions; nth++) {
      const version = `v${nth}`;
      const before = load.counts.lost;
      const report = await rollOut(system, ref, {
        release: errorRate(version, 0.05),
        hold: '10m',
      });
      const failed = load.counts.lost - before;
      const exposed = load.counts.byVersion[version] ?? 0;
      progress(`bad release ${nth}: ${report.outcome}, ${exposed} requests, ${failed} failed`);
      seen.push({ exposed, failed, report });
    }
  } finally {
    await load.stop();
  }
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
  const ref = serviceNamed('good');
  const url = await firstRelease(system, ref, errorRate('v0', 0.005));
  const load: Load = startLoad({ url, ratePerSecond: requestsPerSecond, keepAlive: true });
  const reports: RolloutReport[] = [];
  try {
    for (let nth = 1; nth <= repetitions; nth++) {
      const release = errorRate(`v${nth}`, 0.005);
      const report = await rollOut(system, ref, { release, hold: '20s' });
      progress(`good release ${nth}: ${report.outcome}, ${report.reason}`);
      reports.push(report);
    }
  } finally {
    await load.stop();
  }
  return {
    of: repetitions,
    promoted: reports.filter(({ outcome }) => outcome === 'Promoted').length,
    reasons: reports.map(({ stages }) => stages[0]?.verdict?.reasons.join('; ') ?? ''),
  };
}

async function rollOut(
  system: MeasuredSystem,
  ref: ReturnType<typeof serviceNamed>,
  { release, hold }: { release: ReturnType<typeof shop>; hold: string },
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
