import type { RolloutReport } from '../../src/contracts/rollouts/report.ts';
import { startLoad, type Load } from '../../scripts/load/load-client.ts';
import { quantilesOf, type Quantiles } from '../measures/quantiles.ts';
import { progress } from '../report/tell.ts';
import type { DetectionGround, ServedShop } from './ground.ts';
import { verdictAtMs } from './verdict-of.ts';

export interface DetectionPlan {
  repetitions: number;
  requestsPerSecond: number;
  /** The interval between two samples, as written in a spec. */
  interval: string;
}

export interface DetectionFigures {
  bad: BadReleases;
  good: { of: number; promoted: number; reasons: string[] };
}

export interface BadReleases {
  of: number;
  undone: number;
  /** The canary's responses until its last. */
  exposed: Quantiles;
  failed: Quantiles;
  /** Of those, the responses until the verdict; the rest came during the undo. */
  exposedAtVerdict: Quantiles;
  /** From the verdict until the canary's last response. */
  lastAnswerMs: Quantiles;
  reasons: string[];
}

export const mostExposed = 140;
export const mostFailed = 7;

const badErrorShare = 0.05;
/** Also for stable. */
const goodErrorShare = 0.005;

/** First bad releases with a stable one without errors, then good releases with an equally good stable. */
export async function measureDetections(
  ground: DetectionGround,
  plan: DetectionPlan,
): Promise<DetectionFigures> {
  return { bad: await measureBad(ground, plan), good: await measureGood(ground, plan) };
}

async function measureBad(ground: DetectionGround, plan: DetectionPlan): Promise<BadReleases> {
  const shop = await ground.serve('bad', 0);
  const written = specOf(plan, { hold: '10m', max: '1%' });
  const seen = await underLoad(shop, plan, async (version, load) => {
    const before = { lost: load.counts.lost, exposed: answersOf(load, version).length };
    const handle = await shop.start({ version, errorShare: badErrorShare }, written);
    const report = (await handle.result()) as RolloutReport;
    const answers = answersOf(load, version).slice(before.exposed);
    const failed = load.counts.lost - before.lost;
    const lastMs = answers.at(-1) ?? Date.now();
    const verdictMs = (await verdictAtMs(handle)) ?? lastMs;
    const exposedAtVerdict = answers.filter((atMs) => atMs <= verdictMs).length;
    const lastAnswerMs = Math.max(0, lastMs - verdictMs);
    const exposed = answers.length;
    progress(
      `bad release ${version}: ${report.outcome}, ${exposed} requests (${exposedAtVerdict} at the verdict), ${failed} failed`,
    );
    return { exposed, failed, exposedAtVerdict, lastAnswerMs, report };
  });
  return {
    of: plan.repetitions,
    undone: seen.filter(({ report }) => report.outcome === 'RolledBack').length,
    exposed: quantilesOf(seen.map(({ exposed }) => exposed)),
    failed: quantilesOf(seen.map(({ failed }) => failed)),
    exposedAtVerdict: quantilesOf(seen.map((each) => each.exposedAtVerdict)),
    lastAnswerMs: quantilesOf(seen.map((each) => each.lastAnswerMs)),
    reasons: seen.map(({ report }) => report.reason),
  };
}

async function measureGood(
  ground: DetectionGround,
  plan: DetectionPlan,
): Promise<DetectionFigures['good']> {
  const shop = await ground.serve('good', goodErrorShare);
  const written = specOf(plan, { hold: '20s', max: `${200 * goodErrorShare}%` });
  const reports = await underLoad(shop, plan, async (version) => {
    const handle = await shop.start({ version, errorShare: goodErrorShare }, written);
    const report = (await handle.result()) as RolloutReport;
    progress(`good release ${version}: ${report.outcome}, ${report.reason}`);
    return report;
  });
  return {
    of: plan.repetitions,
    promoted: reports.filter(({ outcome }) => outcome === 'Promoted').length,
    reasons: reports.map(({ details }) => details.stages[0]?.verdict?.reasons.join('; ') ?? ''),
  };
}

function specOf({ interval }: DetectionPlan, { hold, max }: { hold: string; max: string }): object {
  return {
    stages: [{ weight: 20, hold }],
    metrics: [{ name: 'error-rate', max }],
    analysis: { judge: 'sequential', interval, alpha: '1%' },
    onInconclusive: 'abort',
  };
}

interface NotedLoad extends Load {
  /** When each version answered, in milliseconds since the epoch. */
  answersAtMs: Record<string, number[]>;
}

function answersOf({ answersAtMs }: NotedLoad, version: string): number[] {
  return answersAtMs[version] ?? [];
}

/** One release after the other on a service under constant load. */
async function underLoad<T>(
  shop: ServedShop,
  { repetitions, requestsPerSecond }: DetectionPlan,
  rollOutOne: (version: string, load: NotedLoad) => Promise<T>,
): Promise<T[]> {
  const answersAtMs: Record<string, number[]> = {};
  const load = startLoad({
    url: shop.url,
    ratePerSecond: requestsPerSecond,
    keepAlive: true,
    onAnswer: (version, atMs) => (answersAtMs[version] ??= []).push(atMs),
  });
  const noted = Object.assign(load, { answersAtMs });
  const seen: T[] = [];
  try {
    for (let nth = 1; nth <= repetitions; nth++) {
      seen.push(await rollOutOne(shop.versionOf(nth), noted));
    }
  } finally {
    await load.stop();
  }
  return seen;
}
