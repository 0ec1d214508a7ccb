import { changing, type ChangingName } from './changing-scenarios.ts';
import { alpha, type AnalysisFigures } from './measure.ts';
import type { ChangeFigures } from './measure-changes.ts';
import { ladder } from './play-rollout.ts';
import { percent } from './percent.ts';
import { confidenceInterval, shareOf } from './proportion.ts';

/** Of the requests that a test needs which knows of no start but the first request. */
const mostOfBefore = 1.1;
const leastFoundLate = 0.99;
/** Of the time after which a release is found that is as bad from its first request. */
const mostOfFirst = 1.5;

const lateOnes: readonly (readonly [late: ChangingName, first: ChangingName])[] = [
  ['10x of 0.2 %, in the last minute', '10x of 0.2 %, from the first request'],
  ['10x of 0.2 % slow, in the last minute', '10x of 0.2 % slow, from the first request'],
];

/** Where releases that are bad from their first request get many more requests than before, all sizes together. */
export function muchLater({ regressions }: Pick<AnalysisFigures, 'regressions'>): string[] {
  const parts = regressions.flatMap((now) => {
    if (now.rule !== 'sequential') return [];
    const before = regressions.find(
      ({ rule, scenario, base, ratio }) =>
        rule === 'sequential, since the start of the hold' &&
        scenario === now.scenario &&
        base === now.base &&
        ratio === now.ratio,
    );
    const isSure = shareOf(now.rejected) === 1 && before && shareOf(before.rejected) === 1;
    return isSure ? [Math.log(now.exposed.mean / before.exposed.mean)] : [];
  });
  if (parts.length === 0) return [];
  const part = Math.exp(parts.reduce((sum, each) => sum + each, 0) / parts.length);
  if (part <= mostOfBefore) return [];
  return [
    `releases that are bad from the start get ${part.toFixed(2)} times the requests of before`,
  ];
}

export function missedByChanges({ changes }: Pick<AnalysisFigures, 'changes'>): string[] {
  const ours = changes.filter(({ rule }) => rule === 'sequential');
  const of = (name: ChangingName) => ours.find((each) => each.changing === name);
  return [
    ...lateOnes.flatMap(([late, first]) => foundLate(of(late), of(first))),
    ...ours.flatMap(neverMeant),
  ];
}

function foundLate(late: ChangeFigures | undefined, first: ChangeFigures | undefined): string[] {
  if (late?.found === undefined || first?.found === undefined) return [];
  const part = late.found.medianS / first.found.medianS;
  return [
    ...(shareOf(late.rejected) < leastFoundLate
      ? [`${late.changing}: ${percent(shareOf(late.rejected))} found`]
      : []),
    ...(part > mostOfFirst
      ? [`${late.changing}: found after ${part.toFixed(2)} times as long as from the first request`]
      : []),
  ];
}

function neverMeant({ changing: name, passed, rejected, tooSoon }: ChangeFigures): string[] {
  const { [name]: change } = changing;
  const never = 'never' in change ? change.never : undefined;
  const ofHold = alpha / ladder.length;
  return [
    ...(never === 'passed' && passed.count > 0
      ? [`${name}: ${passed.count} of ${passed.of} passed`]
      : []),
    ...[never === 'rejected' ? rejected : tooSoon]
      .filter((aborted) => confidenceInterval(aborted).low > ofHold)
      .map(({ count, of }) => `${name}: ${count} of ${of} aborted for nothing`),
  ];
}
