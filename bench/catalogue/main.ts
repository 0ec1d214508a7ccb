import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { planRetention } from '../../src/policies/backups/retention/plan-retention.ts';
import type { BackupPlan } from '../../src/specs/backups/plan.ts';
import type { Quantiles } from '../measures/quantiles.ts';
import { readCount } from '../report/arguments.ts';
import { runBenchmark } from '../report/run-benchmark.ts';
import { ms, print, printTable, progress } from '../report/tell.ts';
import { BelayCommand } from '../system/belay-command.ts';
import {
  commandRow,
  measureCommand,
  timeColumns,
  timeRepeatedly,
  timeRow,
  type CommandFigures,
} from '../system/measure-command.ts';
import { entriesUntil, fillCatalogue, planOfSets } from './fill-catalogue.ts';

const usage = `Usage: npm run bench:catalogue -- [options]

How long \`belay backup list\` takes with a SQLite ledger of many sets, and how much CPU: the whole
command, and its help text alone; and how long the retention takes to plan one repository of all of them.

  --sets         of one database in two repositories (default: 10000)
  --repetitions  how often each is timed (default: 20)`;

const targets = { listMs: 500, plannerMs: 100 };

interface CatalogueFigures {
  sets: number;
  list: CommandFigures;
  help: CommandFigures;
  planner: Quantiles;
}

await runBenchmark<CatalogueFigures>({
  usage,
  defaults: { sets: '10000', repetitions: '20' },
  measure: async ({ origin, text }) => {
    const sets = readCount('sets', text('sets'));
    const repetitions = readCount('repetitions', text('repetitions'));
    const home = await mkdtemp(join(tmpdir(), 'belay-catalogue-'));
    try {
      progress('filling the catalogue');
      const nowMs = Date.now();
      await fillCatalogue(home, entriesUntil(nowMs, sets), nowMs);
      const belay = new BelayCommand(origin, { BELAY_HOME: home });
      return {
        ...{ sets, planner: await measurePlanner(nowMs, sets, repetitions) },
        list: await measureCommand(belay, ['backup', 'list'], repetitions),
        help: await measureCommand(belay, ['backup', 'list', '--help'], repetitions),
      };
    } finally {
      await rm(home, { recursive: true, force: true });
    }
  },
  show: ({ sets, list, help, planner }) => {
    print(`A catalogue of ${sets} sets. In ms:`);
    printTable([
      ['what', ...timeColumns, 'CPU, p50'],
      ['belay backup list', ...commandRow(list)],
      ['belay backup list --help', ...commandRow(help)],
      ['the retention of one repository', ...timeRow(planner), ''],
    ]);
    print(
      `Targets: ${targets.listMs} ms for the command, ${targets.plannerMs} ms for the plan, median.`,
    );
  },
  missed: ({ list, planner }) => [
    ...missedBy('belay backup list', list.wall.p50, targets.listMs),
    ...missedBy('the plan', planner.p50, targets.plannerMs),
  ],
});

function missedBy(what: string, tookMs: number, mostMs: number): string[] {
  return tookMs <= mostMs ? [] : [`${what} took ${ms(tookMs)} ms; at most ${mostMs}`];
}

/** Of one repository that has all of them. */
function measurePlanner(nowMs: number, sets: number, repetitions: number): Promise<Quantiles> {
  const entries = entriesUntil(nowMs, sets * 2).filter(({ set }) => set.repository === 'main');
  const [component] = entries.map((entry) => entry.component);
  if (component === undefined) throw new Error('there is no set');
  const { retention } = planOfSets() as BackupPlan;
  if (retention === undefined) throw new Error('the plan has no retention');
  const contents = {
    ...{ repository: 'main', readAtMs: nowMs, foreign: [], problems: [] },
    sets: entries.map(({ set }) => set),
  };
  return timeRepeatedly(repetitions, () =>
    planRetention({
      ...{ component, repository: 'main', retention, contents: [contents], entries, nowMs },
    }),
  );
}
