import { print, printTable } from '../report/tell.ts';
import type { AnalysisFigures, FalseAborts, Regression } from './measure.ts';
import { percent } from './percent.ts';
import { confidenceInterval, shareOf, type Mean, type Proportion } from './proportion.ts';
import { showChanges } from './show-changes.ts';

export function showAnalysis({
  bound,
  regressions,
  falseAborts,
  changes,
  verdictMs,
}: AnalysisFigures): void {
  print(`A verdict after 1,000 measurements: ${(verdictMs * 1_000).toFixed(0)} us.`);
  print(
    "\nOne hold at 20 %, alpha 1 %, evaluated without delay: the canary's requests until rejected",
  );
  printTable([
    ['base, regression', 'requests (95 %)', "Wald's bound", 'ratio'],
    ...bound.map(({ base, ratio, exposed, wald }) => [
      `${percent(base)}, ${ratio}x`,
      meanWithin(exposed),
      wald.toFixed(0),
      (exposed.mean / wald).toFixed(2),
    ]),
  ]);
  print('Default ladder, 200 requests a second: a release that is worse (95 % intervals)');
  printTable([
    [
      ...['what is bad, rule, base, regression', 'rejected', 'missed', 'paused', 'rollouts'],
      ...['requests until', "Wald's bound (5 %)", 'bad until'],
    ],
    ...regressions.map(regressionRow),
  ]);
  print('Default ladder, 200 requests a second: a release that is no worse');
  printTable([
    ['scenario, rule, base', 'aborted', 'rollouts', 'up to (97.5 %)', 'paused'],
    ...falseAborts.map(falseAbortRow),
  ]);
  showChanges(changes);
}

function regressionRow({ scenario, rule, base, ratio, wald, ...seen }: Regression): string[] {
  const bad = scenario === 'slow requests' ? 'slow' : 'failed';
  return [
    `${bad}, ${rule}, ${percent(base)}, ${ratio}x`,
    ...[seen.rejected, seen.missed, seen.paused].map(shareWithin),
    String(seen.rejected.of),
    meanWithin(seen.exposed),
    wald.toFixed(0),
    meanWithin(seen.failed),
  ];
}

function falseAbortRow({ scenario, rule, base, rejected, paused }: FalseAborts): string[] {
  return [
    `${scenario}, ${rule}, ${percent(base)}`,
    percent(shareOf(rejected)),
    String(rejected.of),
    percent(confidenceInterval(rejected).high),
    percent(shareOf(paused)),
  ];
}

function shareWithin(proportion: Proportion): string {
  const { low, high } = confidenceInterval(proportion);
  return `${percent(shareOf(proportion))} (${rounded(low)} to ${rounded(high)})`;
}

function rounded(share: number): string {
  return (100 * share).toFixed(0);
}

function meanWithin({ mean, margin }: Mean): string {
  if (!Number.isFinite(mean)) return '-';
  const digits = mean < 100 ? 1 : 0;
  const within = Number.isFinite(margin) ? ` ± ${margin.toFixed(digits)}` : '';
  return mean.toFixed(digits) + within;
}
