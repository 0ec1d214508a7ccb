import { isCancellation, proxyActivities } from '@temporalio/workflow';
import type { LeaseWordActivities } from '../../../../src/contracts/recovery/lease-word.ts';
import type { SeenNode } from '../../../../src/policies/recovery/databases/seen-node.ts';
import type { FailoverSpec } from '../../../../src/specs/recovery/failover.ts';
import { reasonOf } from '../../../kernel/reason-of.ts';
import { takeStep } from '../../../kernel/steps.ts';
import type { DatabaseRun } from './database-run.ts';

const { claimLease } = proxyActivities<LeaseWordActivities>({
  ...{ startToCloseTimeout: '10 s', scheduleToCloseTimeout: '30 s' },
  retry: { initialInterval: 500, maximumInterval: '5 s' },
});

/**
 * Of a primary whose host cannot be asked, the watch of its database may know that its lease has run
 * out: whoever started this failover. Where it does not, a person is asked.
 */
export async function withLease(
  run: DatabaseRun<FailoverSpec>,
  { node, facts }: SeenNode,
  spec: FailoverSpec,
): Promise<FailoverSpec> {
  const { plan, seen } = spec;
  const isAsked = plan.leaseMs !== undefined && facts === undefined;
  if (!isAsked || seen?.leaseOverAtMs !== undefined) return spec;
  const { environment, database } = plan;
  return takeStep(run, `ask the watch for the lease of ${node.name}`, async ({ prove }) => {
    const source = 'the watch';
    try {
      const word = await claimLease({ environment, database, node: node.name, runRef: run.id });
      const { leaseOverAtMs } = word ?? {};
      if (word === undefined || leaseOverAtMs === undefined) {
        prove({ what: 'lease', source, value: 'it knows of none that has run out' });
        return spec;
      }
      prove({ what: 'lease', source, value: `over at ${new Date(leaseOverAtMs).toISOString()}` });
      return { ...spec, seen: { ...word, ...seen, leaseOverAtMs } };
    } catch (error) {
      if (isCancellation(error)) throw error;
      prove({ what: 'lease', source, value: reasonOf(error) });
      return spec;
    }
  });
}
