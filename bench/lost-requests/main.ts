import { findCluster, upCluster } from '../../scripts/one-node-cluster/cluster.ts';
import type { ClusterAccess } from '../../scripts/one-node-cluster/lifecycle/record.ts';
import { readCount } from '../report/arguments.ts';
import { runBenchmark } from '../report/run-benchmark.ts';
import { keep, progress } from '../report/tell.ts';
import type { TrialAccount } from './account.ts';
import { Ground } from './ground.ts';
import { operationNames } from './operations.ts';
import { planTrials, readOperations, readRoutes, routes, type TrialPlan } from './plan.ts';
import { runTrials } from './run-trials.ts';
import { nameOf, showAccounts } from './show-accounts.ts';

const usage = `Usage: npm run bench:lost -- [options]

Rolls a service out and back on a real cluster under constant load, and counts the requests that
got no answer, or a wrong one. On the cluster that BELAY_CLUSTER names, or on one named belay-lost.

  --runs         trials of each kind (default: 10)
  --route        ${routes.join(', ')}; several with commas (default: all)
  --operation    ${operationNames.join(', ')} (default: all)
  --kill-worker  kill Belay's worker with SIGKILL in the middle: in a hold, then in an act
  --no-pre-stop  the service's pods end without a sleep
  --rate         requests a second of each caller (default: 100)
  --lanes        trials at once, each with a worker of its own (default: 1)`;

await runBenchmark<TrialAccount[]>({
  usage,
  defaults: { runs: '10', route: 'all', operation: 'all', rate: '100', lanes: '1' },
  flags: ['kill-worker', 'no-pre-stop'],
  measure: async ({ text, isSet }) => {
    const plans = planTrials({
      runs: readCount('runs', text('runs')),
      routes: readRoutes(text('route')),
      operations: readOperations(text('operation')),
      killWorker: isSet('kill-worker'),
      preStop: !isSet('no-pre-stop'),
    });
    const ratePerSecond = readCount('rate', text('rate'));
    return measure(plans, { ratePerSecond, lanes: readCount('lanes', text('lanes')) });
  },
  show: showAccounts,
  missed: (accounts) =>
    accounts.flatMap(({ plan, faults }) => faults.map((fault) => `${nameOf(plan)}: ${fault}`)),
});

async function measure(
  plans: TrialPlan[],
  { ratePerSecond, lanes }: { ratePerSecond: number; lanes: number },
): Promise<TrialAccount[]> {
  const ground = await Ground.open(await cluster(), Math.min(lanes, plans.length));
  const stop = () => void ground.close().finally(() => process.exit(130));
  process.once('SIGINT', stop).once('SIGTERM', stop);
  const onEnd = (account: TrialAccount, nth: number) => {
    const { plan, seconds, requests, faults } = account;
    const result = faults.length === 0 ? 'nothing lost' : faults.join('; ');
    progress(
      `${nth} of ${plans.length}, ${nameOf(plan)}, ${seconds} s: ${requests.sent} requests, ${result}`,
    );
    if (faults.length > 0) keep(account);
  };
  try {
    return await runTrials(ground, plans, { ratePerSecond, onEnd });
  } finally {
    await ground.close();
  }
}

function cluster(): Promise<ClusterAccess> {
  const given = process.env['BELAY_CLUSTER'];
  return given === undefined ? upCluster('belay-lost', progress) : findCluster(given);
}
