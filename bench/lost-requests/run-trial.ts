import { setTimeout as sleep } from 'node:timers/promises';
import type { RolloutReport } from '../../src/contracts/rollouts/report.ts';
import { abortRollout } from './abort-rollout.ts';
import { accountFor, type TrialAccount, type TrialStory } from './account.ts';
import { Callers } from './callers.ts';
import { DeployedShop } from './deployed-shop.ts';
import type { Ground, Lane } from './ground.ts';
import { killIn } from './kill-worker.ts';
import { operations, type Operation } from './operations.ts';
import type { TrialPlan } from './plan.ts';
import { commitOf, startRolloutOf } from './rollout-of-shop.ts';

export interface TrialOptions {
  /** The name of the shop and of its service; never used twice on one lane. */
  name: string;
  /** The rate of each client. */
  ratePerSecond: number;
}

/** Pods that were stopped at the end of the rollout still answer for this long. */
const lingerMs = 7_000;
/** Runs one rollout under load from start to end, and reports the requests. */
export async function runTrial(
  ground: Ground,
  lane: Lane,
  plan: TrialPlan,
  { name, ratePerSecond }: TrialOptions,
): Promise<TrialAccount> {
  const { namespace } = lane;
  const { route, preStop } = plan;
  const shop = await DeployedShop.deploy(ground.cluster, { namespace, name, route, preStop });
  const callers = await Callers.start(shop, ratePerSecond);
  const startedAt = performance.now();
  try {
    const told = await report({ ground, lane, plan, shop, callers });
    const seconds = Math.round((performance.now() - startedAt) / 1_000);
    await sleep(lingerMs);
    await callers.stop();
    return accountFor({
      plan,
      callers: callers.all,
      heldUpMs: callers.heldUpMs,
      slowProbes: await shop.slowProbes(),
      seconds,
      ...told,
    });
  } finally {
    await callers.stop();
    await shop.remove();
  }
}

interface Scene {
  ground: Ground;
  lane: Lane;
  plan: TrialPlan;
  shop: DeployedShop;
  callers: Callers;
}

type Told = Pick<TrialStory, 'outcome' | 'killedAtMs' | 'abortedAtMs' | 'committedAtMs'>;

async function report({ ground, lane, plan, shop, callers }: Scene): Promise<Told> {
  const { abortIn, killedIn, spec }: Operation = operations[plan.operation];
  const handle = await startRolloutOf(shop, { client: ground.client, lane, spec });
  const result = handle.result() as Promise<RolloutReport>;
  const killing = plan.killIn === undefined ? undefined : killIn(plan.killIn, lane.worker, handle);
  const story = async () => {
    // During a wait the worker is killed at any time; during acts, after they have been requested.
    if (plan.killIn === killedIn[0]) await killing;
    return abortIn && abortRollout(handle, callers, abortIn);
  };
  const [{ outcome }, abortedAtMs, killedAtMs] = await Promise.all([result, story(), killing]);
  const committedAtMs = await commitOf(handle);
  return {
    outcome,
    ...(killedAtMs !== undefined && { killedAtMs }),
    ...(abortedAtMs !== undefined && { abortedAtMs }),
    ...(committedAtMs !== undefined && { committedAtMs }),
  };
}
