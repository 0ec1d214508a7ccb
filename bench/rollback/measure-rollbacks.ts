import { setTimeout as sleep } from 'node:timers/promises';
import { startLoad } from '../../scripts/load/load-client.ts';
import { quantilesOf, type Quantiles } from '../measures/quantiles.ts';
import { progress } from '../report/tell.ts';
import { firstReleases, holdCanaries, servicesNamed } from '../system/company.ts';
import type { MeasuredSystem } from '../system/measured-system.ts';
import { firstRelease, serviceNamed, shop } from '../system/services.ts';
import { withoutJanitor } from '../system/without-janitor.ts';
import { rollBackByAlert, type AlertedRollback } from './roll-back-by-alert.ts';

export interface RollbacksPlan {
  /** How many rollouts are open while one is rolled back, including that one. */
  open: number;
  repetitions: number;
  requestsPerSecond: number;
}

export interface RollbacksFigures extends RollbacksPlan {
  times: Record<keyof AlertedRollback, Quantiles>;
  requests: { sent: number; lost: number; problems: string[] };
}

/** Every watch has started, and the machine is as idle as it gets. */
const restMs = 5_000;

/** Lets an alert roll back one canary after the other under constant load, while others are in a hold. */
export async function measureRollbacks(
  system: MeasuredSystem,
  plan: RollbacksPlan,
): Promise<RollbacksFigures> {
  const { open, repetitions, requestsPerSecond } = plan;
  const gateway = await system.readGateway();
  const others = servicesNamed('other', open - 1);
  const ref = serviceNamed('alerted');
  const url = await withoutJanitor(system, async () => {
    await firstReleases(system, others);
    return firstRelease(system, ref, shop('v0'));
  });
  progress(`opening ${others.length} other rollouts`);
  await holdCanaries(system, others);
  await sleep(restMs);

  progress(`rolling ${repetitions} canaries back under ${requestsPerSecond} requests a second`);
  const load = startLoad({ url, ratePerSecond: requestsPerSecond, keepAlive: true });
  const rollbacks: AlertedRollback[] = [];
  try {
    for (let nth = 1; nth <= repetitions; nth++) {
      rollbacks.push(await rollBackByAlert(system, gateway, { ref, load, version: `v${nth}` }));
    }
  } finally {
    await load.stop();
  }
  const { sent, lost, problems } = load.counts;
  const quantiles = (of: keyof AlertedRollback) => quantilesOf(rollbacks.map((one) => one[of]));
  return {
    ...plan,
    times: {
      answeredMs: quantiles('answeredMs'),
      weightZeroMs: quantiles('weightZeroMs'),
      lastAnswerMs: quantiles('lastAnswerMs'),
      endedMs: quantiles('endedMs'),
    },
    requests: { sent, lost, problems },
  };
}
