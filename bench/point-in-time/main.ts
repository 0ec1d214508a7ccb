import { readCount } from '../report/arguments.ts';
import { runBenchmark } from '../report/run-benchmark.ts';
import { ms, print, printTable } from '../report/tell.ts';
import { measureSearches, type SearchFigures } from './measure-searches.ts';

const usage = `Usage: npm run bench:point-in-time -- [options]

Two transactions at random places among many make a database bad: one writes many rows, the other one
row. Belay looks for each in the log since the last set, the first where the table is known, the second
where nothing is known, and is compared with the restore by hand beside it, which replays all of the log.

  --megabytes     of the database (default: 1000)
  --transactions  since the set (default: 10000)
  --seed          of the places of the bad ones (default: 1)
  --repetitions   of the restore and of each search; the medians count (default: 5)`;

const most = { probes: 2, copies: 1, ratio: 1.5 };

await runBenchmark<SearchFigures>({
  usage,
  defaults: { megabytes: '1000', transactions: '10000', seed: '1', repetitions: '5' },
  measure: ({ origin, text }) =>
    measureSearches({
      origin,
      megabytes: readCount('megabytes', text('megabytes')),
      transactions: readCount('transactions', text('transactions')),
      seed: readCount('seed', text('seed')),
      repetitions: readCount('repetitions', text('repetitions')),
    }),
  show: ({ searches, byHand, megabytes, transactions }) => {
    printTable([
      ...[
        [
          'the last good moment',
          'found',
          'asked',
          'copies',
          'of a table',
          'took, in ms',
          'of one restore',
        ],
      ],
      ...searches.map(({ label, isExact, probes, copies, touching, took, ratio }) => [
        ...[label, isExact ? 'exactly' : 'NOT', String(probes), String(copies)],
        ...[touching === undefined ? '' : String(touching), ms(took.p50), ratio.p50.toFixed(2)],
      ]),
      ['one restore by hand, replayed to the end', '', '', '1', '', ms(byHand.p50), ''],
    ]);
    print(`${megabytes} MB, and ${transactions} transactions since the set; medians.`);
    print(
      `Targets: the exact transaction; ${most.copies} copy and at most ${most.probes} questions where the table is known; at most ${most.ratio} times one restore where it is not.`,
    );
  },
  missed: ({ searches }) =>
    searches.flatMap(({ label, isExact, isTableKnown, probes, copies, ratio: { p50 }, why }) => [
      ...(isExact ? [] : [`${label}: ${why}`]),
      ...(isTableKnown && (probes > most.probes || copies > most.copies)
        ? [`${label}: ${probes} questions and ${copies} copies`]
        : []),
      ...(!isTableKnown && p50 > most.ratio
        ? [`${label}: ${p50.toFixed(2)} times one restore; at most ${most.ratio}`]
        : []),
    ]),
});
