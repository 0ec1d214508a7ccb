import { setTimeout as sleep } from 'node:timers/promises';
import { startLoad } from '../../scripts/load/load-client.ts';
import { quantilesOf, type Quantiles } from '../measures/quantiles.ts';
import { progress } from '../report/tell.ts';
import type { MeasuredSystem } from '../system/measured-system.ts';
import { firstReleases, holdCanaries, servicesNamed } from '../system/company.ts';
import { firstRelease, serviceNamed, shop } from '../system/services.ts';
import { withoutJanitor } from '../system/without-janitor.ts';
import { abortCanary, type Abort, type SentBy } from './abort-trial.ts';

export interface AbortPlan {
  /** How many rollouts are open while one is aborted, including that one. */
  open: number;
  /** By signal, and the same number by update. */
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

/** Every watch has started, and the machine is as idle as it gets. */
const restMs = 5_000;

/** Aborts one canary after the other under constant load, while others are in a hold. */
export async function measureAborts(
  system: MeasuredSystem,
  { open, repetitions, requestsPerSecond }: AbortPlan,
): Promise<AbortFigures> {
  const others = servicesNamed('other', open - 1);
  const ref = serviceNamed('aborted');
  const url = await withoutJanitor(system, async () => {
    await firstReleases(system, others);
    return firstRelease(system, ref, shop('v0'));
  });
  progress(`opening ${others.length} other rollouts`);
  await holdCanaries(system, others);
  await sleep(restMs);

  progress(`aborting ${2 * repetitions} canaries under ${requestsPerSecond} requests a second`);
  const load = startLoad({ url, ratePerSecond: requestsPerSecond, keepAlive: true });
  const aborts: Record<SentBy, Abort[]> = { signal: [], update: [] };
  try {
    for (let nth = 1; nth <= 2 * repetitions; nth++) {
      const sentBy = nth % 2 === 1 ? 'signal' : 'update';
      aborts[sentBy].push(await abortCanary(system, { ref, load, version: `v${nth}`, sentBy }));
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
