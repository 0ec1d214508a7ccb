import type {
  MovedDatabase,
  RegionObjective,
  RegionTimes,
} from '../../../contracts/recovery/region-details.ts';

interface Measured {
  times: RegionTimes;
  databases: readonly MovedDatabase[];
  /** All services were ready before names were led. */
  isServing: boolean;
  objectives: { rtoMs: number; rpoMs: number };
}

/** The two clocks: how long nobody was served, and what was lost. What nobody measured is not met. */
export function measureObjectives(measured: Measured): RegionObjective[] {
  const { databases, objectives } = measured;
  const losses = databases.filter(({ workflowId }) => workflowId !== undefined);
  const lostMs = losses.map(({ loss }) => (loss?.bytes === 0 ? 0 : loss?.ms));
  const isKnown = lostMs.every((ms) => ms !== undefined);
  return [
    judge('RTO', objectives.rtoMs, outageOf(measured)),
    judge('RPO', objectives.rpoMs, isKnown ? Math.max(0, ...lostMs) : undefined),
  ];
}

function outageOf({ times, isServing }: Measured): number | undefined {
  const { lostSinceMs, namesAtMs } = times;
  if (!isServing || lostSinceMs === undefined || namesAtMs === undefined) return undefined;
  return namesAtMs - lostSinceMs;
}

function judge(
  name: RegionObjective['name'],
  objectiveMs: number,
  measuredMs: number | undefined,
): RegionObjective {
  if (measuredMs === undefined) return { name, objectiveMs, verdict: 'unmeasured' };
  return { name, objectiveMs, measuredMs, verdict: measuredMs <= objectiveMs ? 'met' : 'missed' };
}
