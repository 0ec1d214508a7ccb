import { ActivityFailure, ApplicationFailure, isCancellation, sleep } from '@temporalio/workflow';
import { failureTypes } from '../../../../src/contracts/kernel/failures.ts';
import type { FenceEvidence, NodeFacts } from '../../../../src/contracts/recovery/database-node.ts';
import { leaseHasRunOut } from '../../../../src/policies/recovery/databases/lost-host.ts';
import type { SeenNode } from '../../../../src/policies/recovery/databases/seen-node.ts';
import type { SeenPrimary } from '../../../../src/specs/recovery/failover.ts';
import { awaitApproval } from '../../../kernel/await-approval.ts';
import { reasonOf } from '../../../kernel/reason-of.ts';
import { takeStep, type OpenStep } from '../../../kernel/steps.ts';
import { AwaitedHost } from './awaited-host.ts';
import type { DatabaseRun } from './database-run.ts';

interface Fencing {
  graceMs: number;
  /** Whether it is fenced where it turns out to be up. */
  evenIfUp: boolean;
  /** What is known of the cluster, where its own host cannot be asked. */
  known: Pick<NodeFacts, 'systemIdentifier' | 'timeline'>;
  seen?: SeenPrimary;
  /** By the end of its lease, and what everybody has just agreed on: it is not even asked. */
  isUnasked?: boolean;
}

/**
 * Makes sure that the primary takes no writes, and will take none when it is started again. By its own
 * host; where that cannot be asked, by its lease, which has run out, or the word of a person.
 */
export async function fencePrimary<Spec>(
  run: DatabaseRun<Spec>,
  { node }: SeenNode,
  { graceMs, evenIfUp, known, seen, isUnasked = false }: Fencing,
): Promise<FenceEvidence> {
  const acts = run.node(node);
  const act = acts.nextStep();
  // What was not asked of its host is not undone there.
  if (!isUnasked) {
    run.undo.armLast(`start ${node.name} as the primary again`, 'unfence', node, act);
  }
  const common = {
    ...{ agent: node.agent, cluster: node.cluster, lsn: seen?.lsn ?? '' },
    ...{ systemIdentifier: known.systemIdentifier ?? '', timeline: known.timeline ?? 0 },
  };
  const fence = await takeStep(run, `fence ${node.name}`, async (step) => {
    const leaseOverAtMs = seen?.leaseOverAtMs;
    if (isUnasked && leaseOverAtMs !== undefined) {
      step.prove({ what: 'not fenced by its host', source: node.agent, value: leaseHasRunOut });
      return proven(step, await byLease(common, leaseOverAtMs));
    }
    try {
      return proven(step, await acts.fence(act, graceMs));
    } catch (error) {
      if (isCancellation(error)) throw error;
      const why = reasonOf(error);
      step.prove({ what: 'not fenced by its host', source: node.agent, value: why });
      if (leaseOverAtMs !== undefined && isAway(error)) {
        return proven(step, await byLease(common, leaseOverAtMs));
      }
      const host = new AwaitedHost(acts, { act, graceMs, evenIfUp });
      return proven(step, await byPerson(run, host, common));
    }
  });
  run.found.fence = fence;
  run.stamp('fencedAtMs');
  return fence;
}

/** Who says so where a lease has run out, and its host cannot be asked. */
export const theWatch = 'the watch that held its lease';

type Common = Omit<FenceEvidence, 'how' | 'by' | 'atMs' | 'seen'>;

/** Nobody answered for its host: one that does, and cannot fence it, knows better than its lease. */
function isAway(error: unknown): boolean {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  return cause instanceof ApplicationFailure && cause.type === failureTypes.agentAbsent;
}

async function byLease(common: Common, overAtMs: number): Promise<FenceEvidence> {
  await sleep(Math.max(1, overAtMs - Date.now()));
  const over = new Date(overAtMs).toISOString();
  const seen = [
    'its host kept a lease of it, and fences it once no heartbeat is accepted in time',
    `Temporal accepted none for longer than the lease, which had run out by ${over}`,
  ];
  return { ...common, lsn: '', how: 'lease-expired', by: theWatch, atMs: Date.now(), seen };
}

/** Or of its host, whose agent may be back any moment: then nobody is asked any more. */
async function byPerson<Spec>(
  run: DatabaseRun<Spec>,
  host: AwaitedHost,
  common: Common,
): Promise<FenceEvidence> {
  const { name } = host;
  const what = `of that ${name} is off, and stays off: its host cannot be asked`;
  try {
    const wanted = { what: { awaited: what, missed: `that ${name} is off` } };
    const by = await awaitApproval(run, { ...wanted, by: run.plan.approvers }, host);
    const fence = await host.stop();
    return fence ?? { ...common, how: 'person', by, atMs: Date.now(), seen: [`${by} said so`] };
  } catch (error) {
    const fence = await host.stop();
    if (error !== host.isBack || fence === undefined) throw error;
    run.enterPhase(run.workingPhase(), `fence ${name}`);
    run.note(`${name} was fenced by its host, which is back: nobody has to say that it is off`);
    return fence;
  }
}

function proven({ prove }: OpenStep, fence: FenceEvidence): FenceEvidence {
  const at = fence.lsn === '' ? '' : `, its log ends at ${fence.lsn}`;
  prove({ what: fence.how, source: fence.by, value: `${fence.seen.join('; ')}${at}` });
  return fence;
}
