import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLedger } from '../../src/adapters/ledger/open-ledger.ts';
import { homeLayout } from '../../src/config/home.ts';
import { quantilesOf, type Quantiles } from '../measures/quantiles.ts';
import { readCount } from '../report/arguments.ts';
import { runBenchmark } from '../report/run-benchmark.ts';
import { ms, print, printTable, progress } from '../report/tell.ts';
import { BelayCommand } from '../system/belay-command.ts';
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

interface CommandFigures {
  wall: Quantiles;
  cpu: Quantiles;
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
      const query = await time(repetitions, () =>
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
      ['what', 'p50', 'p99', 'slowest', 'CPU, p50'],
      ['belay history shop', ...commandRow(timed.command)],
      ['belay history --help', ...commandRow(timed.help)],
      ['belay --help', ...commandRow(timed.allHelp)],
      ['the query alone', ...row(timed.query), ''],
    ]);
    print(`Target: ${targetMs} ms for the command, median.`);
  },
  missed: ({ command }) =>
    command.wall.p50 <= targetMs
      ? []
      : [`belay history shop took ${ms(command.wall.p50)} ms; at most ${targetMs}`],
});

async function measureCommand(
  belay: BelayCommand,
  args: string[],
  repetitions: number,
): Promise<CommandFigures> {
  const wall = await time(repetitions, () => belay.run(args));
  const cpu: number[] = [];
  for (let repetition = 0; repetition < repetitions; repetition++) {
    cpu.push(await belay.cpuMs(args));
  }
  return { wall, cpu: quantilesOf(cpu) };
}

function commandRow({ wall, cpu }: CommandFigures): string[] {
  return [...row(wall), ms(cpu.p50)];
}

function row({ p50, p99, max }: Quantiles): string[] {
  return [ms(p50), ms(p99), ms(max)];
}

async function time(repetitions: number, act: () => Promise<unknown>): Promise<Quantiles> {
  const took: number[] = [];
  for (let repetition = 0; repetition < repetitions; repetition++) {
    const beganAt = performance.now();
    await act();
    took.push(performance.now() - beganAt);
  }
  return quantilesOf(took);
}
