import { inParallel } from '../measures/in-parallel.ts';
import type { TrialAccount } from './account.ts';
import type { Ground, Lane } from './ground.ts';
import type { TrialPlan } from './plan.ts';
import { runTrial } from './run-trial.ts';

export interface TrialsOptions {
  ratePerSecond: number;
  /** Called with each trial when it ends. */
  onEnd?: (account: TrialAccount, nth: number) => void;
}

/** Runs all of them, one at a time on each lane. */
export async function runTrials(
  ground: Ground,
  plans: readonly TrialPlan[],
  { ratePerSecond, onEnd }: TrialsOptions,
): Promise<TrialAccount[]> {
  const free: Lane[] = [...ground.lanes];
  const numbered = plans.map((plan, index) => ({ plan, nth: index + 1 }));
  return inParallel(numbered, free.length, async ({ plan, nth }) => {
    const lane = free.pop();
    if (lane === undefined) throw new Error('there are more concurrent trials than lanes');
    try {
      const account = await runTrial(ground, lane, plan, {
        name: `shop-${nth}`,
        ratePerSecond,
      }).catch((error: unknown) => brokenOff(plan, error));
      onEnd?.(account, nth);
      return account;
    } finally {
      free.push(lane);
    }
  });
}

function brokenOff(plan: TrialPlan, error: unknown): TrialAccount {
  return {
    plan,
    outcome: 'none',
    seconds: 0,
    heldUpMs: 0,
    slowProbes: 0,
    requests: {
      sent: 0,
      lost: 0,
      repeated: { entrance: 0, direct: 0 },
      byVersion: {},
      problems: [],
    },
    faults: [`interrupted: ${String(error)}`],
  };
}
