import { print, printTable } from '../report/tell.ts';
import type { ChangeFigures } from './measure-changes.ts';
import { shareOf } from './proportion.ts';
import { percent } from './percent.ts';

export function showChanges(changes: readonly ChangeFigures[]): void {
  print('One hold of 10 minutes at 20 % of 200 requests a second, a third of alpha');
  printTable([
    [
      ...['what becomes of the release, rule', 'found', 'too soon', 'passed', 'paused', 'holds'],
      ...['found after, median', 'slowest', 'bad until then'],
    ],
    ...changes.map(({ changing, rule, found, ...seen }) => [
      `${changing}, ${rule}`,
      ...[seen.rejected, seen.tooSoon, seen.passed, seen.paused].map((each) =>
        percent(shareOf(each)),
      ),
      String(seen.passed.of),
      ...(found === undefined
        ? ['-', '-', '-']
        : [`${found.medianS} s`, `${found.slowestS} s`, found.failed.mean.toFixed(1)]),
    ]),
  ]);
}
