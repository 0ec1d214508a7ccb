import { quantilesOf, type Quantiles } from '../measures/quantiles.ts';
import { readCount } from '../report/arguments.ts';
import { runBenchmark } from '../report/run-benchmark.ts';
import { ms, print, printTable, progress } from '../report/tell.ts';
import { BackedUpDatabase } from './backed-up-database.ts';
import { restoreByHand } from './restore-by-hand.ts';

const usage = `Usage: npm run bench:drill -- [options]

How long a drill takes to restore, recover and check a PostgreSQL, and how long the same takes by
hand (pgbackrest restore, pg_ctl, psql, pg_amcheck, pg_checksums), one after the other in turns.

  --megabytes    of the database (default: 1000)
  --repetitions  of each (default: 5)`;

const targetRatio = 1.1;

interface DrillFigures {
  byHand: Quantiles;
  drill: Quantiles;
}

await runBenchmark<DrillFigures>({
  usage,
  defaults: { megabytes: '1000', repetitions: '5' },
  measure: async ({ origin, text }) => {
    const repetitions = readCount('repetitions', text('repetitions'));
    const megabytes = readCount('megabytes', text('megabytes'));
    return BackedUpDatabase.use({ origin, megabytes }, async (database) => {
      await database.run(['run'], 'backup');
      const byHand: number[] = [];
      const drill: number[] = [];
      for (let repetition = 0; repetition < repetitions; repetition++) {
        await database.cluster.archiveLog();
        byHand.push(await restoreByHand(database));
        const { details } = await database.run(['drill', '--to-time', 'latest'], 'restoreDrill');
        drill.push(details.drill?.rtoMs ?? NaN);
        progress(`by hand ${ms(byHand.at(-1) ?? 0)}, a drill ${ms(drill.at(-1) ?? 0)}`);
      }
      return { byHand: quantilesOf(byHand), drill: quantilesOf(drill) };
    });
  },
  show: ({ byHand, drill }) => {
    printTable([
      ['restored, recovered and checked, in ms', 'p50', 'slowest'],
      ['by hand', ms(byHand.p50), ms(byHand.max)],
      ['by a drill', ms(drill.p50), ms(drill.max)],
    ]);
    print(`Target: ${targetRatio} of what it takes by hand.`);
  },
  missed: ({ byHand, drill }) => {
    const most = byHand.p50 * targetRatio;
    return drill.p50 <= most ? [] : [`${ms(drill.p50)} ms; at most ${ms(most)}`];
  },
});
