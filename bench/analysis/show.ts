import { print, printTable } from '../report/tell.ts';
import type { AnalysisFigures, FalseAborts, Regression } from './measure.ts';
import { shareOf, upperLimit, type Proportion } from './proportion.ts';

export function showAnalysis({
  bound,
  regressions,
  falseAborts,
  verdictMs,
}: AnalysisFigures): void {
  print(`A verdict after 1,000 measurements: ${(verdictMs * 1_000).toFixed(0)} us.`);
  print(
    "\nOne hold at 20 %, alpha 1 %, looked at without delay: the canary's requests until rejected",
  );
  printTable([
    ['base, regression', 'requests', "Wald's bound", 'ratio'],
    ...bound.map(({ base, ratio, exposed, wald }) => [
      `${percent(base)}, ${ratio}x`,
      exposed.toFixed(0),
      wald.toFixed(0),
      (exposed / wald).toFixed(2),
    ]),
  ]);
  print('Default ladder, 200 requests a second: a release that is worse');
  printTable([
    ['rule, base, regression', 'rejected', 'missed', 'paused', 'requests until', 'failed until'],
    ...regressions.map(regressionRow),
  ]);
  print('Default ladder, 200 requests a second: a release that is no worse');
  printTable([
    ['scenario, rule, base', 'aborted', 'up to (95 %)', 'paused', 'rollouts'],
    ...falseAborts.map(falseAbortRow),
  ]);
}

function regressionRow({ rule, base, ratio, exposed, failed, ...ends }: Regression): string[] {
  return [
    `${rule}, ${percent(base)}, ${ratio}x`,
    ...[ends.rejected, ends.missed, ends.paused].map(ofAll),
    Number.isFinite(exposed) ? exposed.toFixed(0) : '-',
    Number.isFinite(failed) ? failed.toFixed(1) : '-',
  ];
}

function falseAbortRow({ scenario, rule, base, rejected, paused }: FalseAborts): string[] {
  return [
    `${scenario}, ${rule}, ${percent(base)}`,
    ofAll(rejected),
    percent(upperLimit(rejected)),
    ofAll(paused),
    String(rejected.of),
  ];
}

function ofAll(proportion: Proportion): string {
  return percent(shareOf(proportion));
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(3))} %`;
}
