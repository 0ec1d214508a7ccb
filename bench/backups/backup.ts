import { quantilesOf, type Quantiles } from '../measures/quantiles.ts';
import { readCount } from '../report/arguments.ts';
import { runBenchmark } from '../report/run-benchmark.ts';
import { ms, print, printTable, progress } from '../report/tell.ts';
import { BackedUpDatabase } from './backed-up-database.ts';

const usage = `Usage: npm run bench:backup -- [options]

How long a full backup of a PostgreSQL takes through Belay, from the start of its run to its end, and
how long pgBackRest takes alone, one after the other in turns.

  --megabytes    of the database (default: 1000)
  --repetitions  of each (default: 5)`;

const targetRatio = 1.05;
const targetMs = 2_000;

interface BackupFigures {
  alone: Quantiles;
  throughBelay: Quantiles;
}

await runBenchmark<BackupFigures>({
  usage,
  defaults: { megabytes: '1000', repetitions: '5' },
  measure: async ({ origin, text }) => {
    const repetitions = readCount('repetitions', text('repetitions'));
    const megabytes = readCount('megabytes', text('megabytes'));
    return BackedUpDatabase.use({ origin, megabytes }, async (database) => {
      const alone: number[] = [];
      const throughBelay: number[] = [];
      for (let repetition = 0; repetition < repetitions; repetition++) {
        const beganAt = performance.now();
        await database.cluster.backup('full');
        alone.push(performance.now() - beganAt);
        const { startedAtMs, endedAtMs } = await database.run(['run'], 'backup');
        throughBelay.push(endedAtMs - startedAtMs);
        progress(`alone ${ms(alone.at(-1) ?? 0)}, through Belay ${ms(throughBelay.at(-1) ?? 0)}`);
      }
      return { alone: quantilesOf(alone), throughBelay: quantilesOf(throughBelay) };
    });
  },
  show: ({ alone, throughBelay }) => {
    printTable([
      ['a full backup, in ms', 'p50', 'slowest'],
      ['pgBackRest alone', ms(alone.p50), ms(alone.max)],
      ['through Belay', ms(throughBelay.p50), ms(throughBelay.max)],
    ]);
    print(`Target: ${targetRatio} of the tool alone, plus ${targetMs / 1_000} s.`);
  },
  missed: ({ alone, throughBelay }) => {
    const most = alone.p50 * targetRatio + targetMs;
    return throughBelay.p50 <= most
      ? []
      : [`${ms(throughBelay.p50)} ms through Belay; at most ${ms(most)}`];
  },
});
