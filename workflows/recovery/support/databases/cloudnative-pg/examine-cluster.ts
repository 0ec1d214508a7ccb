import type { PostgresClusterFacts } from '../../../../../src/contracts/recovery/postgres-cluster.ts';
import {
  describeCluster,
  describeInstance,
} from '../../../../../src/policies/recovery/databases/cloudnative-pg/describe-cluster.ts';
import { takeStep } from '../../../../kernel/steps.ts';
import type { DatabaseRun } from '../database-run.ts';
import { refusal } from '../examine-nodes.ts';
import { clusterOf } from './cluster-acts.ts';

/** What the operator, the pods and their servers say. Fails with everything that keeps it from being read. */
export async function examineCluster<Spec>(
  run: DatabaseRun<Spec>,
  name = 'ask the operator',
): Promise<PostgresClusterFacts> {
  return takeStep(run, name, async ({ prove }) => {
    const acts = clusterOf(run.plan);
    const { facts, refusals, notes } = await acts.examine();
    if (facts === undefined) throw refusal(refusals.join('; '));
    for (const note of notes) if (!run.notes.includes(note)) run.note(note);
    const by =
      facts.operatorVersion === undefined ? '' : ` (CloudNativePG ${facts.operatorVersion})`;
    prove({ what: `Cluster${by}`, source: acts.called, value: describeCluster(facts) });
    for (const instance of facts.instances) {
      const value = describeInstance(instance, facts);
      prove({ what: instance.name, source: acts.called, value });
    }
    return facts;
  });
}
