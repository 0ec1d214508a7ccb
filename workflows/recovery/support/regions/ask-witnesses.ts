import { isCancellation, sleep } from '@temporalio/workflow';
import {
  judgeRegion,
  type RegionView,
} from '../../../../src/policies/recovery/regions/judge-region.ts';
import type { AgentProbe } from '../../../../src/specs/recovery/agent-probe.ts';
import { createAgentActs } from '../../../kernel/agent-acts.ts';
import { awaitApproval } from '../../../kernel/await-approval.ts';
import { reasonOf } from '../../../kernel/reason-of.ts';
import { takeStep, type OpenStep } from '../../../kernel/steps.ts';
import { refusal } from '../databases/examine-nodes.ts';
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
        return { witness, detail: reasonOf(error) };
      }
    }),
  );
}

/** Until the witnesses agree that the region is lost. Fails where one of them reaches it, or none answers. */
export async function confirmLost<Spec>(run: RegionRun<Spec>): Promise<void> {
  await takeStep(run, `confirm that ${run.move.from} is lost`, async (step) => {
    const sinceMs = Date.now();
    run.stamp('lostSinceMs', sinceMs);
    await untilLost(run, step, { sinceMs, forMs: 0 });
    run.stamp('confirmedAtMs');
  });
}

/** Once more after people were waited for: it may be back. What was confirmed for long enough needs no second wait. */
export async function confirmStillLost<Spec>(run: RegionRun<Spec>): Promise<void> {
  const { plan, from } = run.move;
  await takeStep(run, `confirm that ${from} is still lost`, (step) =>
    untilLost(run, step, { sinceMs: Date.now(), forMs: plan.confirmForMs }),
  );
}

async function untilLost<Spec>(
  run: RegionRun<Spec>,
  { prove }: OpenStep,
  { sinceMs, forMs }: { sinceMs: number; forMs: number },
): Promise<void> {
  const { plan, from } = run.move;
  const { agree, confirmForMs } = plan;
  run.downSinceMs = sinceMs;
  for (;;) {
    const views = await askProbes(run, plan.witnesses);
    const rule = { agree, confirmForMs, forMs: forMs + Date.now() - sinceMs };
    const { verdict, why } = judgeRegion(views, rule);
    prove({ what: verdict, source: 'witnesses', value: why, threshold: 'lost' });
    if (verdict === 'lost') return;
    if (verdict === 'reached') {
      throw refusal(
        `${from} can be reached (${why}): use regionFailback, which loses nothing, or switch over`,
      );
    }
    if (verdict === 'isolated') throw refusal(`${why}; nothing was done`);
    if (verdict === 'unknown') {
      if (run.isLostByPerson) return;
      await askWhetherLost(run, why);
      // They are asked once more: it may be back.
      run.downSinceMs = Date.now();
      continue;
    }
    await sleep(Math.max(200, Math.min(betweenMs, sinceMs + confirmForMs - Date.now())));
  }
}

async function askWhetherLost<Spec>(run: RegionRun<Spec>, why: string): Promise<void> {
  const { plan, from } = run.move;
  const what = { awaited: `of that ${from} is lost (${why})`, missed: `that ${from} is lost` };
  const who = await awaitApproval(run, { what, by: plan.approvers });
  run.isLostByPerson = true;
  run.note(`${who} confirmed that ${from} is lost`);
}
