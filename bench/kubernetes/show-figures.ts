import { print, printTable, seconds } from '../report/tell.ts';
import type { CanariesFigures } from './measure-canaries.ts';
import type { KubernetesFigures } from './measure-kubernetes.ts';
import type { FloorFigures } from './measure-floor.ts';
import type { HoldFigures } from './measure-hold.ts';
import { targets } from './missed-targets.ts';

export function showFigures({ rate, floor, canaries, hold, real }: KubernetesFigures): void {
  if (rate) print(`A worker sends at most ${rate.qps} requests a second, ${rate.burst} at once.`);
  if (floor) showFloor(floor);
  if (canaries.length > 0) showCanaries(canaries);
  if (hold) showHold(hold);
  if (real.length > 0) showReal(real);
}

function showFloor({ deployments, completeMs, apiServerCpuSeconds }: FloorFigures): void {
  print(
    `The floor: ${deployments} plain Deployments of 4 replicas, their images set all at once, are ` +
      `complete after ${seconds(completeMs.p50)} s (median), ${seconds(completeMs.max)} s (all); ` +
      `${apiServerCpuSeconds.toFixed(1)} s of CPU in the API server.`,
  );
}

function showCanaries(all: CanariesFigures[]): void {
  print('Canaries of 4 replicas by replica ratio, 5/20/50/100 without holds, on fake pods:');
  printTable([
    ['at once', ...all.map(({ canaries }) => String(canaries))],
    ...rowsOf(all),
    ['at most', ...all.map(atMostDone)],
  ]);
  for (const figures of all) showParts(figures);
}

function rowsOf(all: CanariesFigures[]): string[][] {
  const row = (name: string, figure: (figures: CanariesFigures) => string | number) => [
    name,
    ...all.map((figures) => String(figure(figures))),
  ];
  return [
    row('promoted', ({ promoted }) => promoted),
    row('requests until healthy, p50', ({ requests }) => requests.untilHealthy.p50),
    row('  max', ({ requests }) => requests.untilHealthy.max),
    row('  at most', () => targets.requestsUntilHealthy),
    row('requests until done, p50', ({ requests }) => requests.untilDone.p50),
    row('  max', ({ requests }) => requests.untilDone.max),
    row('lists / watches of the worker', ({ requests: { lists, watches } }) =>
      [lists, watches].join(' / '),
    ),
    row('worker: CPU s', ({ workerCpuSeconds }) => workerCpuSeconds.toFixed(1)),
    row('worker: peak MB', ({ workerPeakMb }) => workerPeakMb),
    row('API server: CPU s', ({ apiServerCpuSeconds }) => apiServerCpuSeconds.toFixed(1)),
    row('load average at the end', ({ loadAverage }) => loadAverage.toFixed(1)),
    row('healthy after, s: p50', ({ healthyMs }) => seconds(healthyMs.p50)),
    row('  max', ({ healthyMs }) => seconds(healthyMs.max)),
    row('promoted after, s: p50', ({ doneMs }) => seconds(doneMs.p50)),
    row('  all', ({ doneMs }) => seconds(doneMs.max)),
  ];
}

function atMostDone({ canaries }: CanariesFigures): string {
  const { together } = targets;
  return canaries >= together.canaries ? seconds(together.doneMs) : '-';
}

/** The kinds of requests, and how the time was spent. */
function showParts({ canaries, requests: { byKind }, shares }: CanariesFigures): void {
  const kinds = Object.entries(byKind).map(
    ([kind, count]) => `${(count / canaries).toFixed(1)} ${kind}`,
  );
  print(`Of ${canaries} at once, each asked for ${kinds.join(', ')}.`);
  print('All acts of one kind in a rollout, median of the rollouts, in seconds:');
  printTable([
    ['act', 'waited for a worker', 'worked', 'retries of all'],
    ...shares.map(({ act, waitedMs, workedMs, retries }) => [
      act,
      seconds(waitedMs),
      seconds(workedMs),
      String(retries),
    ]),
  ]);
}

function showHold({ canaries, heldMs, requests, lists, watches }: HoldFigures): void {
  print(
    `${canaries} canaries held for ${heldMs / 1_000} s: ${requests.length} requests (at most ` +
      `${targets.requestsWhileHeld}), ${lists} lists, ${watches} watches.`,
  );
}

function showReal(real: KubernetesFigures['real']): void {
  const all = real.map(({ figures }) => figures);
  print('\nOne canary of 4 replicas, 5/20/50/100 without holds, in real pods. Settling, which is');
  print('3 s twice, is part of its time:');
  printTable([['routing', ...real.map(({ routing }) => routing)], ...rowsOf(all)]);
  for (const figures of all) showParts(figures);
}
