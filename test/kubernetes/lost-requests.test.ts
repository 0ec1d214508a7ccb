/** Whole rollouts through workers of their own, under load: what the benchmark plays at length. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Ground } from '../../bench/lost-requests/ground.ts';
import type { TrialPlan } from '../../bench/lost-requests/plan.ts';
import { runTrials } from '../../bench/lost-requests/run-trials.ts';
import { describeOnCluster, theCluster } from '../fixtures/cluster.ts';

const preStop = false;
const ratePerSecond = 30;
const lanes = 3;

/** Those with the longest way to go first. */
const plans: TrialPlan[] = [
  { route: 'ratio', operation: 'promote', killIn: 'promoteCanary', preStop },
  { route: 'gateway', operation: 'promote', preStop },
  { route: 'nginx', operation: 'promote', preStop },
  { route: 'nginx', operation: 'switch-back', preStop },
  { route: 'ratio', operation: 'promote', preStop },
  { route: 'gateway', operation: 'abort-50', preStop },
];

describeOnCluster('no request is lost', ['gatewayUrl', 'ingressUrl'], () => {
  let ground: Ground;
  beforeAll(async () => {
    ground = await Ground.open(theCluster(), lanes);
  });
  afterAll(() => ground.close());

  test('by promoting, aborting or switching back, nor when a worker is killed, on any route', async () => {
    const accounts = await runTrials(ground, plans, { ratePerSecond });
    const faults = accounts.filter((account) => account.faults.length > 0);
    expect(faults).toEqual([]);
    for (const { requests } of accounts) expect(requests.byVersion['v2']).toBeGreaterThan(0);
    const killed = accounts.find(({ plan }) => plan.killIn !== undefined);
    expect(killed?.outcome).toBe('Promoted');
  });
});
