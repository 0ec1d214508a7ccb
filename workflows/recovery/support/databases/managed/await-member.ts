import { sleep, workflowInfo } from '@temporalio/workflow';
import type { DatabaseNode } from '../../../../../src/specs/recovery/database-node.ts';
import { agreeOnManager } from '../../../../../src/policies/recovery/databases/managed/seen-manager.ts';
import { takeStep } from '../../../../kernel/steps.ts';
import type { DatabaseRun } from '../database-run.ts';
import { askNodes } from '../examine-nodes.ts';
import { askManagers } from './examine-manager.ts';

export interface AwaitedMember {
  streams: boolean;
  /** Whom it follows, or was to follow. */
  leader: string;
  /** As the manager says; absent: it does not. */
  state?: string;
}

/** Without a word of a copy: a server that was restarted or copied may still have much log to replay. */
const withoutCopyMs = 3_600_000;
const firstPauseMs = 500;
const longestPauseMs = 300_000;

/** Until a member streams from whoever leads. A copy takes as long as the manager says that it is under way. */
export async function awaitMember<Spec>(
  run: DatabaseRun<Spec>,
  { node, primary }: { node: DatabaseNode; primary: DatabaseNode },
): Promise<AwaitedMember> {
  return takeStep(run, `wait until ${node.name} streams`, async ({ prove }) => {
    const sinceMs = Date.now();
    let untilMs = sinceMs + withoutCopyMs;
    let shown: string | undefined;
    for (let leader = primary; ;) {
      const asked = await askManagers(run);
      const agreed = agreeOnManager(asked);
      const leads = agreed.ok ? agreed.facts.leader : undefined;
      leader = run.plan.nodes.find(({ name }) => name === leads) ?? leader;
      const members = asked.flatMap(({ facts }) => facts?.members ?? []);
      const seen = members.filter(({ name }) => name === node.name);
      const { state } = seen[0] ?? {};
      if (state !== undefined && state !== shown) {
        prove({ what: node.name, source: leader.agent, value: state });
        shown = state;
      }
      if (seen.some(({ isCopying }) => isCopying)) untilMs = Date.now() + withoutCopyMs;
      const streams = await isStreaming(run, leader, node);
      const isOver = Date.now() >= untilMs || workflowInfo().continueAsNewSuggested;
      if (streams || isOver) {
        return { streams, leader: leader.name, ...(state !== undefined && { state }) };
      }
      const waitedMs = Date.now() - sinceMs;
      await sleep(Math.min(longestPauseMs, Math.max(firstPauseMs, Math.round(waitedMs / 10))));
    }
  });
}

/** Only what the leader itself says. */
async function isStreaming<Spec>(
  run: DatabaseRun<Spec>,
  leader: DatabaseNode,
  { name }: DatabaseNode,
): Promise<boolean> {
  const [seen] = await askNodes(run, [leader]);
  const { replicas = [] } = seen?.facts ?? {};
  return replicas.some((each) => each.name === name && each.state === 'streaming');
}
