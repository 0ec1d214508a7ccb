import { setTimeout as sleep } from 'node:timers/promises';
import { startLoad } from '../../scripts/load/load-client.ts';
import { inParallel } from '../measures/in-parallel.ts';
import { quantilesOf, type Quantiles } from '../measures/quantiles.ts';
import { progress } from '../report/tell.ts';
import type { MeasuredSystem } from '../system/measured-system.ts';
import { firstRelease, inProcess, serviceNamed, shop, startCanary } from '../system/services.ts';
import { withoutJanitor } from '../system/without-janitor.ts';
import { abortCanary, type Abort, type Said } from './abort-trial.ts';

export interface AbortPlan {
  /** How many rollouts are open while one is aborted, that one included. */
  open: number;
  /** By signal, and as many by update. */
  repetitions: number;
  requestsPerSecond: number;
}

export interface AbortFigures {
  open: number;
  requestsPerSecond: number;
  bySignal: Record<keyof Abort, Quantiles>;
  byUpdate: Record<keyof Abort, Quantiles>;
  requests: { sent: number; lost: number; problems: string[] };
}

/** Rollouts that only have to be there are started this many at a time. */
const concurrency = 10;
/** Every service's watch has begun, and the machine is as calm as it gets. */
const restMs = 5_000;

/** Aborts one canary after the other, under constant load, while others are held. */
export async function measureAborts(
  system: MeasuredSystem,
  { open, repetitions, requestsPerSecond }: AbortPlan,
): Promise<AbortFigures> {
  const others = Array.from({ length: open - 1 }, (_, index) => serviceNamed(`other-${index + 1}`));
  const ref = serviceNamed('aborted');
  const url = await withoutJanitor(system, async () => {
    await inParallel(others, concurrency, (other) => firstRelease(system, other, inProcess('v1')));
    return firstRelease(system, ref, shop('v0'));
  });
  progress(`opening ${others.length} other rollouts`);
  const stages = [{ weight: 50, hold: '6h' }];
  await inParallel(others, concurrency, (other) =>
    startCanary(system, other, { release: inProcess('v2'), stages }),
  );
  await sleep(restMs);

  progress(`aborting ${2 * repetitions} canaries under ${requestsPerSecond} requests a second`);
  const load = startLoad({ url, ratePerSecond: requestsPerSecond, keepAlive: true });
  const aborts: Record<Said, Abort[]> = { signal: [], update: [] };
  try {
    for (let nth = 1; nth <= 2 * repetitions; nth++) {
      const said = nth % 2 === 1 ? 'signal' : 'update';
      aborts[said].push(await abortCanary(system, { ref, load, version: `v${nth}`, said }));
    }
  } finally {
    await load.stop();
  }
  const { sent, lost, problems } = load.counts;
  return {
    open,
    requestsPerSecond,
    bySignal: figuresOf(aborts.signal),
    byUpdate: figuresOf(aborts.update),
    requests: { sent, lost, problems },
  };
}

function figuresOf(aborts: Abort[]): Record<keyof Abort, Quantiles> {
  return {
    lastAnswerMs: quantilesOf(aborts.map(({ lastAnswerMs }) => lastAnswerMs)),
    endedMs: quantilesOf(aborts.map(({ endedMs }) => endedMs)),
  };
}
