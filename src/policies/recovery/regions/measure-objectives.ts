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
  /** How many databases the plan has. */
  planned: number;
  objectives: { rtoMs: number; rpoMs: number };
}

/** The two clocks: how long nobody was served, and what was lost. What nobody measured is not met. */
export function measureObjectives(measured: Measured): RegionObjective[] {
  const { databases, planned, objectives } = measured;
  // Of a database that was there already, or was given up, this run knows no loss.
  const losses = databases.map(({ loss }) => (isNothing(loss) ? 0 : loss?.ms));
  const isKnown =
    planned > 0 && losses.length === planned && losses.every((ms) => ms !== undefined);
  return [
    judge('RTO', objectives.rtoMs, outageOf(measured)),
    judge('RPO', objectives.rpoMs, isKnown ? Math.max(...losses) : undefined),
  ];
}

function outageOf({ times, isServing }: Measured): number | undefined {
  const { lostSinceMs, namesAtMs } = times;
  if (!isServing || lostSinceMs === undefined || namesAtMs === undefined) return undefined;
  return namesAtMs - lostSinceMs;
}

function isNothing(loss: MovedDatabase['loss']): boolean {
  return loss?.bytes === 0 && loss.atLeast !== true;
}

function judge(
  name: RegionObjective['name'],
  objectiveMs: number,
  measuredMs: number | undefined,
): RegionObjective {
  if (measuredMs === undefined) return { name, objectiveMs, verdict: 'unmeasured' };
  return { name, objectiveMs, measuredMs, verdict: measuredMs <= objectiveMs ? 'met' : 'missed' };
}
