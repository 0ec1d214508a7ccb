import { condition, isCancellation, sleep } from '@temporalio/workflow';
import type {
  FenceFormerCall,
  FormerFence,
} from '../../../../src/contracts/recovery/database-node.ts';
import type { DatabaseNode } from '../../../../src/specs/recovery/database-node.ts';
import { checkpoint } from '../../../kernel/checkpoint.ts';
import { reasonOf } from '../../../kernel/reason-of.ts';
import { takeStep } from '../../../kernel/steps.ts';
import type { DatabaseRun } from './database-run.ts';
import type { Successor } from './find-successor.ts';

/** An agent that is there has fenced its server by then. */
const usuallyWithinMs = 3_000;
const firstPauseMs = 1_000;
const longestPauseMs = 300_000;

/**
 * The fence waits in the queue of the agent, so that an agent that comes back gets it before anything
 * else. Where an agent answers and cannot fence, people see why, and it is tried again. Where it says
 * that this is not for it to decide, that is the end: a later answer could only be given by mistake.
 */
export async function untilFenced<Spec>(
  run: DatabaseRun<Spec>,
  node: DatabaseNode,
  successor: Successor,
): Promise<FormerFence> {
  return takeStep(run, `fence ${node.name} once its host is back`, async ({ prove }) => {
    const { systemIdentifier, timeline } = successor;
    for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
      try {
        const former = await attempt(run, node, { systemIdentifier, timeline });
        if ('undecided' in former) {
          prove({ what: 'not fenced', source: node.agent, value: former.undecided });
          return former;
        }
        if ('left' in former) {
          prove({ what: 'left as it is', source: node.agent, value: former.left });
          return former;
        }
        const { fence } = former;
        prove({ what: fence.how, source: fence.by, value: fence.seen.join('; ') });
        run.found.fence = fence;
        run.stamp('fencedAtMs');
        return former;
      } catch (error) {
        if (isCancellation(error)) throw error;
        const why = reasonOf(error);
        prove({ what: 'not fenced', source: node.agent, value: why });
        run.enterPhase('unfenced', `${node.name} is not fenced yet: ${why}`);
      }
      await sleep(pauseMs);
      await checkpoint(run, () => successor);
    }
  });
}

async function attempt<Spec>(
  run: DatabaseRun<Spec>,
  node: DatabaseNode,
  successor: FenceFormerCall['successor'],
): Promise<FormerFence> {
  let isOver = false;
  const fencing = run
    .node(node)
    .fenceFormer(successor)
    .finally(() => (isOver = true));
  fencing.catch(() => undefined);
  if (!(await condition(() => isOver, usuallyWithinMs))) {
    run.enterPhase('unfenced', `${node.name} is not fenced yet: its host does not answer`);
  }
  return fencing;
}
