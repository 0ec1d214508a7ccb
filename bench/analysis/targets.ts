import { boundTest } from './bound.ts';
import type { AnalysisFigures } from './measure.ts';
import { shareOf, upperLimit } from './proportion.ts';
import { intervalRule, sequentialRule } from './rules.ts';

/** So many times Wald's bound may be exposed. */
function mostOfBound(ratio: number): number {
  return ratio >= 3 ? 1.5 : 2;
}

const mostVerdictMs = 1;
const mostOfIntervalRule = 1 / 5;

/** What is worse than it has to be. */
export function missedTargets(figures: AnalysisFigures): string[] {
  return [...slowVerdicts(figures), ...lateRejections(figures), ...falseAlarms(figures)];
}

function slowVerdicts({ verdictMs }: AnalysisFigures): string[] {
  return verdictMs < mostVerdictMs ? [] : [`a verdict takes ${verdictMs.toFixed(2)} ms`];
}

function lateRejections({ bound, regressions, falseAborts }: AnalysisFigures): string[] {
  const late = bound
    .filter(({ exposed, wald, ratio }) => exposed / wald > mostOfBound(ratio))
    .map(
      ({ base, ratio, exposed, wald }) =>
        `${ratio}x over ${base * 100} %: ${(exposed / wald).toFixed(2)} of Wald's bound`,
    );
  const slower = regressions.flatMap((ours) => {
    const theirs = regressions.find(
      ({ rule, base, ratio }) =>
        rule === intervalRule.name && base === ours.base && ratio === ours.ratio,
    );
    if (ours.rule !== sequentialRule.name || theirs === undefined) return [];
    if (theirs.rejected.count === 0 || abortsGoodOnes(falseAborts, ours.base)) return [];
    const part = ours.exposed / theirs.exposed;
    return part <= mostOfIntervalRule
      ? []
      : [`${ours.ratio}x over ${ours.base * 100} %: ${part.toFixed(2)} of the interval rule's`];
  });
  return [...late, ...slower];
}

/** A rule that aborts good releases at this base rate is no measure of how quick one can be. */
function abortsGoodOnes(falseAborts: AnalysisFigures['falseAborts'], atBase: number): boolean {
  return falseAborts.some(
    ({ rule, base, scenario, rejected }) =>
      rule === intervalRule.name &&
      base === atBase &&
      scenario === 'steady' &&
      shareOf(rejected) > boundTest.alpha,
  );
}

function falseAlarms({ falseAborts }: AnalysisFigures): string[] {
  return falseAborts
    .filter(({ rule, isSplitAtRandom }) => rule === sequentialRule.name && isSplitAtRandom)
    .filter(({ rejected }) => upperLimit(rejected) > boundTest.alpha)
    .map(
      ({ scenario, base, rejected }) =>
        `${scenario} at ${base * 100} %: ${rejected.count} of ${rejected.of} aborted, up to ${(100 * upperLimit(rejected)).toFixed(2)} %`,
    );
}
