import { readCount, readCounts } from '../report/arguments.ts';
import { runBenchmark } from '../report/run-benchmark.ts';
import { keep, ms, print, printTable, progress } from '../report/tell.ts';
import { withSystem } from '../system/with-system.ts';
import { measureFlood, type FloodFigures } from './measure-flood.ts';
import { measureRollbacks, type RollbacksFigures } from './measure-rollbacks.ts';
import { missedByFlood } from './missed-by-flood.ts';

const usage = `Usage: npm run bench:rollback -- [options]

Alerts at the gateway: from the webhook that is sent until the canary has no traffic, with no other
rollout open and with many; then many webhooks, good and bad, mixed.

  --open         how many rollouts are open, the one that is rolled back included (default: 1,1000)
  --repetitions  canaries that are rolled back, one after the other (default: 100)
  --rate         requests a second at the service that is rolled back (default: 200)
  --webhooks     how many webhooks are sent in the flood; 0: no flood (default: 10000)
  --services     how many services the flood has canaries of (default: 50)
  --callers      how many send at a time (default: 20)`;

/** From the webhook to a canary without traffic, at p99. */
const targetMs = 1_000;

/** All requests come from one address. */
const settings = { BELAY_GATEWAY_RATE: '1000000' };

interface Figures {
  rollbacks: RollbacksFigures[];
  flood?: FloodFigures;
}

await runBenchmark<Figures>({
  usage,
  defaults: {
    open: '1,1000',
    repetitions: '100',
    rate: '200',
    webhooks: '10000',
    services: '50',
    callers: '20',
  },
  measure: async ({ origin, text }) => {
    const plan = {
      repetitions: readCount('repetitions', text('repetitions')),
      requestsPerSecond: readCount('rate', text('rate')),
    };
    const counts = readCounts('open', text('open'));
    const webhooks = text('webhooks') === '0' ? 0 : readCount('webhooks', text('webhooks'));
    const services = readCount('services', text('services'));
    const callers = readCount('callers', text('callers'));
    const rollbacks: RollbacksFigures[] = [];
    for (const open of counts) {
      progress(`starting Belay for ${open}`);
      const figures = await withSystem({ origin, settings }, (system) =>
        measureRollbacks(system, { ...plan, open }),
      );
      keep(figures);
      rollbacks.push(figures);
    }
    if (webhooks === 0) return { rollbacks };
    progress(`starting Belay for ${webhooks} webhooks`);
    const flood = await withSystem({ origin, settings }, (system) =>
      measureFlood(system, { webhooks, services, callers }),
    );
    return { rollbacks, flood };
  },
  show,
  missed: ({ rollbacks, flood }) => [
    ...rollbacks.flatMap(({ open, times: { weightZeroMs }, requests }) => [
      ...(weightZeroMs.p99 < targetMs
        ? []
        : [
            `weight zero after ${ms(weightZeroMs.p99)} ms at p99 with ${open} open; at most ${targetMs}`,
          ]),
      ...(requests.lost > 0 ? [`${requests.lost} requests lost with ${open} open`] : []),
    ]),
    ...(flood === undefined ? [] : missedByFlood(flood)),
  ],
});

function show({ rollbacks, flood }: Figures): void {
  print('The service that is rolled back runs as processes, 2 replicas of each version; the alert');
  print('names its Deployment. The others have replicas inside the platform, and no traffic.');
  print('From sending the webhook, in ms:');
  printTable([
    [
      'open',
      'times',
      'answered p50',
      'p99',
      'weight zero p50',
      'p99',
      'max',
      'last response p50',
      'p99',
      'ended p50',
      'p99',
    ],
    ...rollbacks.map(({ open, times: { answeredMs, weightZeroMs, lastAnswerMs, endedMs } }) => [
      ...[String(open), String(answeredMs.count)],
      ...[answeredMs.p50, answeredMs.p99].map(ms),
      ...[weightZeroMs.p50, weightZeroMs.p99, weightZeroMs.max].map(ms),
      ...[lastAnswerMs.p50, lastAnswerMs.p99, endedMs.p50, endedMs.p99].map(ms),
    ]),
  ]);
  for (const { open, requests } of rollbacks) {
    print(`${open} open: ${requests.sent} requests, ${requests.lost} lost`);
    for (const problem of requests.problems) print(`  ${problem}`);
  }
  if (flood !== undefined) showFlood(flood);
}

function showFlood({ plan, kinds, took, gatewayMb, alerts, services }: FloodFigures): void {
  print(
    `\n${plan.webhooks} webhooks, ${plan.callers} at a time, in ${(took / 1_000).toFixed(1)} s:`,
  );
  printTable([
    ['kind', 'sent', 'answered as expected', 'p50, ms', 'p99, ms'],
    ...kinds.map(({ kind, sent, asExpected, answeredMs }) => [
      ...[kind, String(sent), String(asExpected)],
      ...[answeredMs.p50, answeredMs.p99].map(ms),
    ]),
  ]);
  print(`Alerts: ${alerts.expected} to handle, ${alerts.handled} handled, ${alerts.lost} lost.`);
  print(
    `Services: ${services.expected} with a canary, ${services.rolledBack} rolled back; ` +
      `acted on twice: ${services.twice}.`,
  );
  print(`Memory of the gateway in MB, after each tenth: ${gatewayMb.join(', ')}`);
}
