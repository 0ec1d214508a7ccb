import type { Finding, Unfinished } from '../kernel/finding.ts';
import { isMapping } from '../kernel/finding.ts';
import { readExperiment, type PlacedExperiment } from '../stage-experiment.ts';
import type { StageSpec, WrittenStage } from './stage.ts';

export const defaultLadder = [
  { weight: 5, hold: '10m' },
  { weight: 20, hold: '20m' },
  { weight: 50, hold: '30m' },
];

/** The stages as resolved: 100 is implied at the end. */
export function completeLadder(
  stages: readonly WrittenStage[],
  rollout: Parameters<typeof readExperiment>[0],
): StageSpec[] {
  const ladder = stages.map(({ hold = 0, experiment, ...stage }): StageSpec => ({
    ...stage,
    holdMs: hold,
    ...(experiment !== undefined && { experiment: readExperiment(rollout, experiment) }),
  }));
  return ladder.at(-1)?.weight === 100 ? ladder : [...ladder, { weight: 100, holdMs: 0 }];
}

/** Weights that do not rise. Those that are refused by themselves are passed over. */
export function judgeRise({ stages }: Unfinished): Finding[] {
  if (!Array.isArray(stages)) return [];
  let highest = 0;
  return stages.flatMap((stage: unknown, index) => {
    const weight = isMapping(stage) ? stage['weight'] : undefined;
    if (typeof weight !== 'number' || weight > 100) return [];
    const before = highest;
    highest = Math.max(highest, weight);
    if (weight > before || index === 0) return [];
    return {
      path: ['stages', index, 'weight'],
      message: `${weight} does not rise above the stage before it (${before}); weights must rise up to 100`,
    };
  });
}

export function experimentsOfStages({ stages }: Unfinished): PlacedExperiment[] {
  if (!Array.isArray(stages)) return [];
  return stages.flatMap((stage: unknown, index) => {
    const given = isMapping(stage) ? stage['experiment'] : undefined;
    return isMapping(given) ? [{ path: ['stages', index, 'experiment'], given }] : [];
  });
}
