import { execFile as execFileCallback } from 'node:child_process';
import { promisify } from 'node:util';
import { quantilesOf, type Quantiles } from '../measures/quantiles.ts';
import { readCount } from '../report/arguments.ts';
import { runBenchmark } from '../report/run-benchmark.ts';
import { ms, print, printTable, progress } from '../report/tell.ts';
import type { BelayOrigin } from '../system/belay-command.ts';
import { BackedUpDatabase } from './backed-up-database.ts';
import { restoreByHand } from './restore-by-hand.ts';

const usage = `Usage: npm run bench:drill -- [options]

How long a drill takes to restore, recover and check a PostgreSQL, and how long the same takes by
hand (pgbackrest restore, pg_ctl, psql, pg_amcheck, pg_checksums), in turns: each goes first every
second time, and what was written before is on the disk when one begins. The same with a database
that is almost empty shows what a drill takes more at any size.

  --megabytes    of the database (default: 2000)
  --repetitions  of each (default: 7)`;

const execFile = promisify(execFileCallback);

const targetRatio = 1.1;

/** Of the database that is almost empty. */
const leastMegabytes = 1;

interface Turns {
  byHand: Quantiles;
  drill: Quantiles;
  /** Of a drill to the restore by hand beside it: the disk may become slower in the meantime. */
  ratio: Quantiles;
}

interface DrillFigures extends Turns {
  megabytes: number;
  almostEmpty: Turns;
}

await runBenchmark<DrillFigures>({
  usage,
  defaults: { megabytes: '2000', repetitions: '7' },
  measure: async ({ origin, text }) => {
    const repetitions = readCount('repetitions', text('repetitions'));
    const megabytes = readCount('megabytes', text('megabytes'));
    const turns = (size: number) => takeTurns({ origin, megabytes: size, repetitions });
    const almostEmpty = await turns(leastMegabytes);
    return { megabytes, almostEmpty, ...(await turns(megabytes)) };
  },
  show: ({ megabytes, byHand, drill, ratio, almostEmpty }) => {
    printTable([
      ['restored, recovered and checked, in ms', 'p50', 'slowest'],
      [`by hand, ${megabytes} MB`, ms(byHand.p50), ms(byHand.max)],
      [`by a drill, ${megabytes} MB`, ms(drill.p50), ms(drill.max)],
      ['by hand, almost empty', ms(almostEmpty.byHand.p50), ms(almostEmpty.byHand.max)],
      ['by a drill, almost empty', ms(almostEmpty.drill.p50), ms(almostEmpty.drill.max)],
    ]);
    const more = ms(almostEmpty.drill.p50 - almostEmpty.byHand.p50);
    print(
      `A drill took ${ratio.p50.toFixed(2)} of what the restore beside it took by hand, in the median; ` +
        `${more} ms more at any size.`,
    );
    print(`Target: at most ${targetRatio}.`);
  },
  missed: ({ ratio: { p50 } }) =>
    p50 <= targetRatio
      ? []
      : [`${p50.toFixed(2)} of what it takes by hand; at most ${targetRatio}`],
});

interface Turned {
  origin: BelayOrigin;
  megabytes: number;
  repetitions: number;
}

async function takeTurns({ origin, megabytes, repetitions }: Turned): Promise<Turns> {
  return BackedUpDatabase.use({ origin, megabytes }, async (database) => {
    await database.run(['run'], 'backup');
    const byHand: number[] = [];
    const drill: number[] = [];
    const turns = [
      async () => byHand.push(await restoreByHand(database)),
      async () => {
        const { details } = await database.run(['drill', '--to-time', 'latest'], 'restoreDrill');
        drill.push(details.drill?.rtoMs ?? NaN);
      },
    ];
    for (let repetition = 0; repetition < repetitions; repetition++) {
      for (const turn of repetition % 2 === 0 ? turns : turns.toReversed()) {
        // Without anything in it, a segment is not closed.
        await database.cluster.sql("SELECT pg_logical_emit_message(true, 'bench', 'one more')");
        await database.cluster.archiveLog();
        await execFile('sync');
        await turn();
      }
      progress(`by hand ${ms(byHand.at(-1) ?? 0)}, a drill ${ms(drill.at(-1) ?? 0)}`);
    }
    return {
      byHand: quantilesOf(byHand),
      drill: quantilesOf(drill),
      ratio: quantilesOf(drill.map((tookMs, nth) => tookMs / (byHand[nth] ?? NaN))),
    };
  });
}
