import { sleep } from '@temporalio/workflow';
import {
  judgeDeath,
  type Vantage,
} from '../../../../src/policies/recovery/databases/judge-death.ts';
import { freshAgreement } from '../../../../src/policies/recovery/databases/lost-host.ts';
import type { SeenNode } from '../../../../src/policies/recovery/databases/seen-node.ts';
import type { FailoverSpec } from '../../../../src/specs/recovery/failover.ts';
import { awaitApproval } from '../../../kernel/await-approval.ts';
import { takeStep } from '../../../kernel/steps.ts';
import type { DatabaseRun } from './database-run.ts';
import { refusal } from './examine-nodes.ts';
import { lookFromEverywhere } from './look-from-everywhere.ts';
import { believedForMs } from './lost-host.ts';

/** Until all who can say so agree that the primary is down. Fails where anybody reaches it. */
export async function confirmDown(
  run: DatabaseRun<FailoverSpec>,
  primary: SeenNode,
  { plan, seen, evenIfUp }: FailoverSpec,
): Promise<void> {
  const sinceMs = seen?.downSinceMs ?? Date.now();
  run.stamp('downSinceMs', sinceMs);
  if (evenIfUp) {
    run.note(`${primary.node.name} was not asked whether it is down: evenIfUp was written`);
    run.stamp('confirmedAtMs');
    return;
  }
  await takeStep(run, `confirm that ${primary.node.name} is down`, async ({ prove }) => {
    const agreed = serves(primary)
      ? undefined
      : freshAgreement(seen, Date.now(), believedForMs(seen));
    if (agreed !== undefined) {
      prove({ what: 'down', source: 'the watch', value: agreed.why, threshold: 'down' });
      run.stamp('confirmedAtMs');
      return;
    }
    for (let isSaid = false; ;) {
      const vantages = await lookFromEverywhere(run, primary.node, { sinceMs });
      const isLeaseOver = Date.now() >= (seen?.leaseOverAtMs ?? Infinity);
      const { verdict, why } = judgeDeath(vantages, plan.confirmForMs, isLeaseOver);
      run.found.observations = vantages.flatMap(({ observation }) => observation ?? []);
      prove({ what: verdict, source: namesOf(vantages), value: why, threshold: 'down' });
      if (verdict === 'down') break;
      if (verdict === 'alive') throw refusal(describeAlive(primary, why));
      if (verdict === 'isolated') throw refusal(`${why}; nothing was done`);
      if (verdict === 'unknown') {
        if (isSaid) break;
        await confirmedByPerson(run, primary, plan.approvers);
        // It may be back: whoever reaches it knows better than who was asked.
        isSaid = true;
        continue;
      }
      await sleep(Math.max(200, Math.min(1_000, sinceMs + plan.confirmForMs - Date.now())));
    }
    run.stamp('confirmedAtMs');
  });
}

/** Its own host has got an answer since the others agreed. */
function serves({ facts }: SeenNode): boolean {
  return facts?.state === 'primary' || facts?.state === 'standby';
}

function describeAlive({ node: { name } }: SeenNode, why: string): string {
  return `${name} is up (${why}). Use a switchover, which loses nothing, or evenIfUp: true`;
}

async function confirmedByPerson(
  run: DatabaseRun<FailoverSpec>,
  { node: { name } }: SeenNode,
  by: string[],
): Promise<void> {
  const what = { awaited: `of that ${name} is down`, missed: `that ${name} is down` };
  const who = await awaitApproval(run, { what, by });
  run.note(`${who} confirmed that ${name} is down`);
}

function namesOf(vantages: readonly Vantage[]): string {
  return vantages.map(({ name }) => name).join(', ');
}
