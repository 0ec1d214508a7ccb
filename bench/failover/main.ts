import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ReplicatedNode } from '../../scripts/archived-postgres/replicated-database.ts';
import { quantilesOf, type Quantiles } from '../measures/quantiles.ts';
import { readCount } from '../report/arguments.ts';
import { runBenchmark } from '../report/run-benchmark.ts';
import { ms, print, printTable, progress } from '../report/tell.ts';
import type { BelayOrigin } from '../system/belay-command.ts';
import { PooledDatabase, type Measured } from './pooled-database.ts';
import { patroniFaults, ProxiedPatroni, type PatroniFault } from './proxied-patroni.ts';

const usage = `Usage: npm run bench:failover -- [options]

How long a client behind PgBouncer cannot write: the longest time between two acknowledgements of a
client that inserts a row every 20 ms. The fault is in one of two PostgreSQL servers that stream
asynchronously; a \`belay database watch\` fails over by itself. Beside it, in the same run, two servers of
a Patroni 3.0.2 behind an HAProxy that asks it who leads: the server is killed, its whole host is lost
(Patroni and the server), and both are frozen until the other one leads.

A host is lost where root makes it one with a network of its own, whose link goes down: the server, its
agent and all that it has. No agent can fence it then, so the plan has a \`lease\`, the shortest that there
is, and commits wait for the standby.

  --confirm-for  of the plan: until a server that does not answer is down (default: 2s)
  --repetitions  of each fault (default: 5)
  --lost         how often a host is lost; 0: never (default: as --repetitions, and 0 without root)
  --patroni      its times: \`fast\` (ttl 20, loop_wait 1), \`usual\` (ttl 30, loop_wait 10), or \`none\`
                 (default: fast)`;

/** Beyond confirmFor, for a server that only does not answer. */
const mostKilledMs = 2_000;
const mostFrozenMs = 4_000;
const mostSwitchoverMs = 1_000;
/** The shortest that a plan may have. */
const shortest = { lease: '3s', confirmFor: '5s' };
/** Of them, and two seconds. */
const mostLostMs = 7_000;

interface FaultFigures {
  outage: Quantiles;
  failed: number[];
  lost: number[];
}

interface Figures extends Record<'killed' | 'frozen' | 'switchover', FaultFigures> {
  lost?: FaultFigures;
  patroni?: Record<PatroniFault, FaultFigures>;
}

await runBenchmark<Figures>({
  usage,
  defaults: { 'confirm-for': '2s', repetitions: '5', lost: '', patroni: 'fast' },
  measure: async ({ origin, text }) => {
    const repetitions = readCount('repetitions', text('repetitions'));
    const losses = readLosses(text('lost'), repetitions);
    const options = { origin, confirmFor: text('confirm-for') };
    const patroni = await measurePatroni(text('patroni'), repetitions);
    const here = await PooledDatabase.use(options, async (pooled) => {
      const times = async (what: string, fault: (primary: ReplicatedNode) => Promise<void>) =>
        repeat(what, repetitions, () => pooled.measure(fault));
      const switchover = await times('switchover', () => pooled.switchOver());
      await pooled.watch();
      const killed = await times('server killed', killPostmaster);
      const frozen = await times('server frozen', (primary) => primary.signalAll('SIGSTOP'));
      return { switchover, killed, frozen };
    });
    const lost = losses === 0 ? undefined : await measureLosses(origin, losses);
    return { ...here, ...(lost && { lost }), ...(patroni && { patroni }) };
  },
  show: ({ switchover, killed, frozen, lost, patroni }) => {
    printTable([
      ['outage of a client, in ms', 'p50', 'slowest', 'statements failed', 'rows lost'],
      row('switchover', switchover),
      row('server killed', killed),
      row('server frozen', frozen),
      ...(lost === undefined
        ? []
        : [row(`host lost, lease ${shortest.lease}, confirmFor ${shortest.confirmFor}`, lost)]),
      ...(patroni === undefined
        ? []
        : [
            row('Patroni 3.0.2: server killed', patroni.killed),
            row('Patroni 3.0.2: host lost', patroni.lost),
            row('Patroni 3.0.2: host frozen', patroni.frozen),
          ]),
    ]);
    if (lost === undefined) print('The loss of a host was not measured.');
    if (patroni === undefined) print('Patroni was not measured.');
  },
  missed: ({ switchover, killed, frozen, lost }) => [
    ...tooLong('switchover', switchover, mostSwitchoverMs),
    ...tooLong('server killed', killed, mostKilledMs),
    ...tooLong('server frozen', frozen, mostFrozenMs),
    ...(lost === undefined ? [] : tooLong('host lost', lost, mostLostMs)),
    ...(lost !== undefined && sum(lost.lost) > 0
      ? ['a row that a standby had was lost with a host']
      : []),
    ...(sum(switchover.failed) > 0 ? ['a statement failed in a switchover'] : []),
    ...(sum(switchover.lost) > 0 ? ['a row was lost in a switchover'] : []),
  ],
});

async function repeat(
  what: string,
  repetitions: number,
  measure: () => Promise<Measured>,
): Promise<FaultFigures> {
  const measured: Measured[] = [];
  for (let repetition = 0; repetition < repetitions; repetition++) {
    const one = await measure();
    measured.push(one);
    progress(`${what}: ${ms(one.outageMs)} ms, ${one.failed} failed, ${one.lost} lost`);
  }
  return figuresOf(measured);
}

function readLosses(text: string, repetitions: number): number {
  if (text === '') return process.getuid?.() === 0 ? repetitions : 0;
  return text === '0' ? 0 : readCount('lost', text);
}

async function measureLosses(origin: BelayOrigin, repetitions: number): Promise<FaultFigures> {
  return PooledDatabase.use({ origin, ...shortest }, async (pooled) => {
    await pooled.watch();
    return repeat('host lost', repetitions, () => pooled.measureLoss());
  });
}

async function measurePatroni(
  times: string,
  repetitions: number,
): Promise<Figures['patroni'] | undefined> {
  if (times === 'none') return undefined;
  if (times !== 'fast' && times !== 'usual') {
    throw new Error(`--patroni is fast, usual or none, not "${times}"`);
  }
  return ProxiedPatroni.use(times, async (patroni) => {
    const measured = { killed: [], lost: [], frozen: [] } as Record<PatroniFault, Measured[]>;
    for (const fault of Object.keys(patroniFaults) as PatroniFault[]) {
      for (let repetition = 0; repetition < repetitions; repetition++) {
        const one = await patroni.measure(fault);
        measured[fault].push(one);
        progress(`Patroni, ${fault}: ${ms(one.outageMs)} ms, ${one.lost} lost`);
      }
    }
    return {
      killed: figuresOf(measured.killed),
      lost: figuresOf(measured.lost),
      frozen: figuresOf(measured.frozen),
    };
  });
}

async function killPostmaster({ dataFolder }: ReplicatedNode): Promise<void> {
  const [pid = ''] = (await readFile(join(dataFolder, 'postmaster.pid'), 'utf8')).split('\n');
  process.kill(Number(pid), 'SIGKILL');
}

function figuresOf(measured: readonly Measured[]): FaultFigures {
  return {
    outage: quantilesOf(measured.map(({ outageMs }) => outageMs)),
    failed: measured.map(({ failed }) => failed),
    lost: measured.map(({ lost }) => lost),
  };
}

function row(what: string, { outage, failed, lost }: FaultFigures): string[] {
  return [what, ms(outage.p50), ms(outage.max), failed.join(' '), lost.join(' ')];
}

function tooLong(what: string, { outage }: FaultFigures, mostMs: number): string[] {
  return outage.max <= mostMs ? [] : [`${what}: ${ms(outage.max)} ms; at most ${ms(mostMs)}`];
}

function sum(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0);
}
