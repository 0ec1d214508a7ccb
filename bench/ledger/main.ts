import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLedger } from '../../src/adapters/ledger/open-ledger.ts';
import { homeLayout } from '../../src/config/home.ts';
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
import { fillLedger } from './fill-ledger.ts';

const usage = `Usage: npm run bench:ledger -- [options]

How long \`belay history shop\` takes with a SQLite ledger of many runs, and how much CPU: the whole
command, its help text alone, and the query alone; and the help text of all commands.

  --entries      runs in the ledger (default: 1000000)
  --services     services that they are of, in turn (default: 1000)
  --repetitions  how often each is timed (default: 20)`;

const targetMs = 200;

interface LedgerFigures {
  entries: number;
  megabytes: number;
  query: Quantiles;
  command: CommandFigures;
  help: CommandFigures;
  allHelp: CommandFigures;
}

await runBenchmark<LedgerFigures>({
  usage,
  defaults: { entries: '1000000', services: '1000', repetitions: '20' },
  measure: async ({ origin, text }) => {
    const entries = readCount('entries', text('entries'));
    const repetitions = readCount('repetitions', text('repetitions'));
    const others = readCount('services', text('services')) - 1;
    const home = await mkdtemp(join(tmpdir(), 'belay-ledger-'));
    try {
      progress('filling the ledger');
      const services = ['shop', ...Array.from({ length: others }, (_, index) => `other-${index}`)];
      await fillLedger(home, entries, services);
      const belay = new BelayCommand(origin, { BELAY_HOME: home });
      const ledger = openLedger({ home, ledger: { keepMs: Number.MAX_SAFE_INTEGER } });
      const query = await timeRepeatedly(repetitions, () =>
        ledger.list({ family: 'rollouts', name: 'shop', limit: 20 }),
      );
      await ledger.close();
      const { size } = await stat(homeLayout(home).ledgerDatabase);
      return {
        ...{ entries, megabytes: size / 1e6, query },
        command: await measureCommand(belay, ['history', 'shop'], repetitions),
        help: await measureCommand(belay, ['history', '--help'], repetitions),
        allHelp: await measureCommand(belay, ['--help'], repetitions),
      };
    } finally {
      await rm(home, { recursive: true, force: true });
    }
  },
  show: ({ entries, megabytes, ...timed }) => {
    print(`A ledger with ${entries} runs, ${megabytes.toFixed(0)} MB. In ms:`);
    printTable([
      ['what', ...timeColumns, 'CPU, p50'],
      ['belay history shop', ...commandRow(timed.command)],
      ['belay history --help', ...commandRow(timed.help)],
      ['belay --help', ...commandRow(timed.allHelp)],
      ['the query alone', ...timeRow(timed.query), ''],
    ]);
    print(`Target: ${targetMs} ms for the command, median.`);
  },
  missed: ({ command }) =>
    command.wall.p50 <= targetMs
      ? []
      : [`belay history shop took ${ms(command.wall.p50)} ms; at most ${targetMs}`],
});
