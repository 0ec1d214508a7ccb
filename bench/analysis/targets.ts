import { alpha, type AnalysisFigures, type FalseAborts } from './measure.ts';
import { confidenceInterval, shareOf } from './proportion.ts';
import { intervalRule } from './rules.ts';
import { missedByChanges, muchLater } from './changes-targets.ts';
import { percent } from './percent.ts';

/** The largest accepted multiple of Wald's bound. */
function mostOfBound(ratio: number): number {
  return ratio >= 3 ? 1.5 : 2;
}

const mostVerdictMs = 1;
const mostOfIntervalRule = 1 / 5;
/** A rule that finds less than this share of the bad releases is not compared with. */
const leastFound = 0.5;

/** The missed targets. */
export function missedTargets(figures: AnalysisFigures): string[] {
  return [
    ...slowVerdicts(figures),
    ...farFromBound(figures),
    ...lateRejections(figures),
    ...falseAlarms(figures),
    ...muchLater(figures),
    ...missedByChanges(figures),
  ];
}

function slowVerdicts({ verdictMs }: AnalysisFigures): string[] {
  return verdictMs < mostVerdictMs ? [] : [`a verdict takes ${verdictMs.toFixed(2)} ms`];
}

function farFromBound({ bound }: AnalysisFigures): string[] {
  return bound
    .filter(({ exposed, wald, ratio }) => exposed.mean / wald > mostOfBound(ratio))
    .map(
      ({ base, ratio, exposed, wald }) =>
        `${ratio}x over ${percent(base)}: ${(exposed.mean / wald).toFixed(2)} of Wald's bound`,
    );
}

function lateRejections({ regressions, falseAborts }: AnalysisFigures): string[] {
  return regressions.flatMap((ours) => {
    const theirs = regressions.find(
      ({ rule, scenario, base, ratio }) =>
        rule === intervalRule &&
        scenario === ours.scenario &&
        base === ours.base &&
        ratio === ours.ratio,
    );
    if (ours.rule !== 'sequential' || theirs === undefined) return [];
    if (shareOf(theirs.rejected) < leastFound || abortsGoodOnes(falseAborts, ours)) return [];
    const part = ours.exposed.mean / theirs.exposed.mean;
    if (part <= mostOfIntervalRule) return [];
    const best = ours.wald / theirs.exposed.mean;
    const excuse = best > mostOfIntervalRule ? `, Wald's bound is ${best.toFixed(2)}` : '';
    return [
      `${ours.scenario}, ${ours.ratio}x over ${percent(ours.base)}: ${part.toFixed(2)} of the interval rule's requests${excuse}`,
    ];
  });
}

/** A rule that aborts good releases at this base rate is not compared with. */
function abortsGoodOnes(
  falseAborts: FalseAborts[],
  at: Pick<FalseAborts, 'base' | 'scenario'>,
): boolean {
  return falseAborts.some(
    ({ rule, base, scenario, rejected }) =>
      rule === intervalRule &&
      base === at.base &&
      scenario === at.scenario &&
      shareOf(rejected) > alpha,
  );
}

function falseAlarms({ falseAborts }: AnalysisFigures): string[] {
  return falseAborts
    .filter(({ rule, isSplitAtRandom }) => rule === 'sequential' && isSplitAtRandom)
    .filter(({ rejected }) => confidenceInterval(rejected).high > alpha)
    .map(
      ({ scenario, base, rejected }) =>
        `${scenario} at ${percent(base)}: ${rejected.count} of ${rejected.of} aborted, up to ${percent(confidenceInterval(rejected).high)}`,
    );
}
