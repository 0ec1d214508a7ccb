import { readCount, readCounts } from '../report/arguments.ts';
import { runBenchmark } from '../report/run-benchmark.ts';
import { keep, ms, print, printTable, progress } from '../report/tell.ts';
import { withSystem } from '../system/with-system.ts';
import { measureAborts, type AbortFigures } from './measure-aborts.ts';

const usage = `Usage: npm run bench:abort -- [options]

Aborts canaries at weight 50 under constant load: from the abort that a client sends until the
canary's last answer, with no other rollout open and with many.

  --open         how many rollouts are open, the aborted one included (default: 1,1000)
  --repetitions  aborts by signal, and as many by update (default: 25)
  --rate         requests a second at the service that is aborted (default: 200)`;

/** From an alert to a canary without traffic, at p99. */
const targetMs = 1_000;

await runBenchmark<AbortFigures[]>({
  usage,
  defaults: { open: '1,1000', repetitions: '25', rate: '200' },
  measure: async ({ origin, text }) => {
    const plan = {
      repetitions: readCount('repetitions', text('repetitions')),
      requestsPerSecond: readCount('rate', text('rate')),
    };
    const all: AbortFigures[] = [];
    for (const open of readCounts('open', text('open'))) {
      progress(`starting Belay for ${open}`);
      const figures = await withSystem({ origin }, (system) =>
        measureAborts(system, { ...plan, open }),
      );
      keep(figures);
      all.push(figures);
    }
    return all;
  },
  show,
  missed: (all) =>
    all.flatMap(({ open, bySignal, byUpdate, requests }) => [
      ...[bySignal, byUpdate].flatMap(({ lastAnswerMs: { p99 } }) =>
        p99 < targetMs ? [] : [`p99 of ${ms(p99)} ms with ${open} open; at most ${targetMs}`],
      ),
      ...(requests.lost > 0 ? [`${requests.lost} requests lost with ${open} open`] : []),
    ]),
});

function show(all: AbortFigures[]): void {
  print(
    'The service that is aborted runs as processes, 2 replicas of each version. The others have',
  );
  print('replicas inside the platform, and no traffic.');
  print("From sending the abort until the canary's last response and until the end, in ms:");
  const heading = [
    'open',
    'abort sent by',
    'times',
    'last response p50',
    'p99',
    'max',
    'ended p50',
    'p99',
  ];
  printTable([
    heading,
    ...all.flatMap(({ open, bySignal, byUpdate }) => [
      row(open, 'signal', bySignal),
      row(open, 'update', byUpdate),
    ]),
  ]);
  for (const { open, requests } of all) {
    print(`${open} open: ${requests.sent} requests, ${requests.lost} lost`);
    for (const problem of requests.problems) print(`  ${problem}`);
  }
}

function row(
  open: number,
  sentBy: string,
  { lastAnswerMs: last, endedMs }: AbortFigures['bySignal'],
): string[] {
  const times = [last.p50, last.p99, last.max, endedMs.p50, endedMs.p99];
  return [String(open), sentBy, String(last.count), ...times.map(ms)];
}
