import { isCancellation, rootCause, sleep } from '@temporalio/workflow';
import {
  judgeRegion,
  type RegionView,
} from '../../../src/policies/recovery/regions/judge-region.ts';
import type { AgentProbe } from '../../../src/specs/recovery/region-plan.ts';
import { createAgentActs } from '../../kernel/agent-acts.ts';
import { awaitApproval } from '../../kernel/await-approval.ts';
import { takeStep } from '../../kernel/steps.ts';
import { refusal } from './examine-nodes.ts';
import type { RegionRun } from './region-run.ts';

const patience = { heartbeatMs: 5_000, budgetMs: 20_000, absentAfterMs: 3_000 };
const betweenMs = 1_000;

/** Each asks by a probe of its own; one that does not answer is part of the answer. */
export function askProbes<Spec>(
  run: RegionRun<Spec>,
  probes: readonly AgentProbe[],
): Promise<RegionView[]> {
  return Promise.all(
    probes.map(async ({ agent, probe }): Promise<RegionView> => {
      const witness = `${agent}/${probe}`;
      try {
        const { ok, detail } = await createAgentActs(agent, run.fencing, patience).runProbe(probe);
        return { witness, reaches: ok, detail };
      } catch (error) {
        if (isCancellation(error)) throw error;
        return { witness, detail: rootCause(error) ?? String(error) };
      }
    }),
  );
}

/** Until the witnesses agree that the region is lost. Fails where one of them reaches it, or none answers. */
export async function confirmLost<Spec>(run: RegionRun<Spec>): Promise<void> {
  const { plan, from } = run.move;
  await takeStep(run, `confirm that ${from} is lost`, async ({ prove }) => {
    const sinceMs = Date.now();
    run.stamp('lostSinceMs', sinceMs);
    for (;;) {
      const views = await askProbes(run, plan.witnesses);
      const { agree, confirmForMs } = plan;
      const rule = { agree, confirmForMs, forMs: Date.now() - sinceMs };
      const { verdict, why } = judgeRegion(views, rule);
      prove({ what: verdict, source: 'witnesses', value: why, threshold: 'lost' });
      if (verdict === 'lost') break;
      if (verdict === 'reached') {
        throw refusal(
          `${from} can be reached (${why}): use regionFailback, which loses nothing, or switch over`,
        );
      }
      if (verdict === 'isolated') throw refusal(`${why}; nothing was done`);
      if (verdict === 'unknown') {
        const what = {
          awaited: `of that ${from} is lost (${why})`,
          missed: `that ${from} is lost`,
        };
        const who = await awaitApproval(run, { what, by: plan.approvers });
        run.note(`${who} confirmed that ${from} is lost`);
        break;
      }
      await sleep(Math.max(200, Math.min(betweenMs, sinceMs + confirmForMs - Date.now())));
    }
    run.stamp('confirmedAtMs');
  });
}
