import { setTimeout as sleep } from 'node:timers/promises';
import { startLoad } from '../../../scripts/load/load-client.ts';
import { tellChangeControl } from '../../../src/adapters/temporal/change-control.ts';
import { changeControlMessages } from '../../../src/contracts/kernel/change-control.ts';
import type { ServiceRef } from '../../../src/contracts/rollouts/platform.ts';
import { quantilesOf, type Quantiles } from '../../measures/quantiles.ts';
import { until } from '../../measures/until.ts';
import { ms, progress } from '../../report/tell.ts';
import type { MeasuredSystem } from '../../system/measured-system.ts';
import { firstRelease, shop } from '../../system/services.ts';
import { withoutJanitor } from '../../system/without-janitor.ts';
import { environment, startExperiment, type StartedExperiment } from '../experiments.ts';
import { HeldHosts } from './held-hosts.ts';

export interface HaltPlan {
  /** Experiments, the halted one included. */
  open: number;
  repetitions: number;
  levers: number;
  requestsPerSecond: number;
}

export interface HaltFigures extends HaltPlan {
  /** From sending it until the last disturbed request was answered. */
  halt: Quantiles;
  lever: Quantiles;
  requests: { sent: number; disturbed: number };
}

const ref: ServiceRef = {
  ...{ service: 'shop', environment },
  target: { platform: 'local', chaos: 'allowed' },
};

/** So many requests have met the fault before it is ended. */
const disturbedBefore = 50;
/** After which no request was disturbed any more, whatever is still being removed. */
const quietMs = 1_000;

const shopFails = {
  ...{ experiment: 'shop-fails', services: [ref.service] },
  target: { tracks: { service: ref.service, share: '25%', mostRequests: 100_000 } },
  fault: { type: 'error', intensity: 1 },
  ...{ duration: '2m', steadyState: '3s', every: '200ms' },
  // What the fault does is not judged, so that it lasts until it is halted.
  hypothesis: { quick: { slowAgainstControl: { than: '10s', effect: 10 }, atMost: '5%' } },
};

/** Ends one experiment after the other whose errors a client counts, while others are open. */
export async function measureHalts(system: MeasuredSystem, plan: HaltPlan): Promise<HaltFigures> {
  const { open, repetitions, levers, requestsPerSecond } = plan;
  const url = await withoutJanitor(system, () => firstRelease(system, ref, shop('v1')));
  progress(`opening ${open - 1} other experiments`);
  const held = await HeldHosts.start(system, open - 1);
  await held.openAll();
  const errors = { count: 0, lastAtMs: 0 };
  const load = startLoad({
    ...{ url, ratePerSecond: requestsPerSecond, keepAlive: true },
    onError: (atMs) => {
      errors.count += 1;
      errors.lastAtMs = atMs;
    },
  });

  const endOne = async (
    what: string,
    end: (experiment: StartedExperiment) => Promise<unknown>,
  ): Promise<number> => {
    const before = errors.count;
    const experiment = await startExperiment(system, shopFails);
    await until('the client is disturbed', async () => errors.count - before >= disturbedBefore);
    const sentAtMs = Date.now();
    await end(experiment);
    const { outcome, reason, details } = await experiment.report();
    await sleep(quietMs);
    if (outcome !== 'Aborted' || details.leftBehind.length > 0) {
      throw new Error(`${what}: it ended as ${outcome}: ${reason}`);
    }
    const tookMs = Math.max(0, errors.lastAtMs - sentAtMs);
    progress(`${what}: ${ms(tookMs)} ms`);
    return tookMs;
  };

  try {
    const halts: number[] = [];
    for (let nth = 0; nth < repetitions; nth++) {
      halts.push(await endOne('halt', (experiment) => experiment.abort()));
    }
    const pulled: number[] = [];
    for (let nth = 0; nth < levers; nth++) {
      if (nth > 0) await held.openAll();
      pulled.push(await endOne('lever', () => tell(system, 'engageLever')));
      await held.untilEnded();
      await tell(system, 'releaseLever');
    }
    return {
      ...plan,
      ...{ halt: quantilesOf(halts), lever: quantilesOf(pulled) },
      requests: { sent: load.counts.sent, disturbed: errors.count },
    };
  } finally {
    await load.stop();
    await held.stop();
  }
}

function tell(
  { client, config: { taskQueue } }: MeasuredSystem,
  message: 'engageLever' | 'releaseLever',
): Promise<unknown> {
  const input = { by: 'bench', why: 'to see how long it takes' };
  const name = changeControlMessages[message];
  return tellChangeControl(client, { environment, taskQueue, name, input });
}
