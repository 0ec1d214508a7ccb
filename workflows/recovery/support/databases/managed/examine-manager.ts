import { isCancellation } from '@temporalio/workflow';
import type { ManagerFacts } from '../../../../../src/contracts/recovery/database-manager.ts';
import {
  agreeOnManager,
  describeManager,
  type SeenManager,
} from '../../../../../src/policies/recovery/databases/managed/seen-manager.ts';
import type { DatabaseNode } from '../../../../../src/specs/recovery/database-node.ts';
import type { DatabasePlan } from '../../../../../src/specs/recovery/database-plan.ts';
import { reasonOf } from '../../../../kernel/reason-of.ts';
import { takeStep } from '../../../../kernel/steps.ts';
import type { DatabaseRun } from '../database-run.ts';
import { refusal } from '../examine-nodes.ts';
import type { ManagerActs } from './manager-acts.ts';

/** A run that knows who is in charge of its database. */
export interface OfManaged {
  plan: DatabasePlan;
  manager(node: DatabaseNode): ManagerActs;
}

/** Asks the manager by the agent of every node; one that does not answer is part of the answer. */
export async function examineManager<Spec>(
  run: DatabaseRun<Spec>,
  name = 'ask the manager',
): Promise<SeenManager[]> {
  return takeStep(run, name, async ({ prove }) => {
    const seen = await askManagers(run);
    for (const each of seen) {
      prove({ what: each.node.name, source: each.node.agent, value: describeManager(each) });
    }
    return seen;
  });
}

export function askManagers(run: OfManaged): Promise<SeenManager[]> {
  return Promise.all(
    run.plan.nodes.map(async (node): Promise<SeenManager> => {
      try {
        return { node, facts: await run.manager(node).examine() };
      } catch (error) {
        if (isCancellation(error)) throw error;
        return { node, why: reasonOf(error) };
      }
    }),
  );
}

/** What the hosts agree on. Fails where none answers, or they do not. */
export function requireAgreement(seen: readonly SeenManager[]): ManagerFacts {
  const agreed = agreeOnManager(seen);
  if (agreed.ok) return agreed.facts;
  throw refusal(agreed.why);
}
