import { isCancellation, sleep } from '@temporalio/workflow';
import type { Replica } from '../../../../src/contracts/recovery/database-node.ts';
import { slotOf } from '../../../../src/policies/recovery/databases/slot-of.ts';
import type { DatabaseNode } from '../../../../src/specs/recovery/database-node.ts';
import { takeStep } from '../../../kernel/steps.ts';
import type { DatabaseRun } from './database-run.ts';

const tries = 20;
const betweenMs = 500;

/**
 * Only what the primary itself calls streaming is redundancy. A lack of it is a note, not a failure.
 * One that is away is missing, and not waited for.
 */
export async function awaitStreaming<Spec>(
  run: DatabaseRun<Spec>,
  primary: DatabaseNode,
  away = 0,
): Promise<void> {
  await takeStep(run, 'count the standbys that stream', async ({ prove }) => {
    const wanted = run.plan.nodes.length - 1;
    let streaming: string[] = [];
    for (let tried = 1; tried <= tries; tried++) {
      streaming = await streamingFrom(run, primary);
      if (streaming.length >= wanted - away || run.missing.length > 0) break;
      await sleep(betweenMs);
    }
    run.found.streaming = streaming;
    const value = streaming.length === 0 ? 'none' : streaming.join(', ');
    prove({ what: 'streaming', source: primary.agent, value, threshold: `${wanted} standbys` });
    if (streaming.length >= wanted) run.stamp('redundancyBackAtMs');
    else run.note(`${streaming.length} of ${wanted} standbys stream from ${primary.name}`);
  });
}

async function streamingFrom<Spec>(
  run: DatabaseRun<Spec>,
  primary: DatabaseNode,
): Promise<string[]> {
  try {
    const { replicas = [] } = await run.node(primary).examine();
    const slots = new Set(run.plan.nodes.map(slotOf));
    const isOurs = ({ name, slot }: Replica) =>
      slot === undefined ? run.plan.nodes.some((node) => node.name === name) : slots.has(slot);
    return replicas
      .filter((replica) => replica.state === 'streaming' && isOurs(replica))
      .map(({ name }) => name);
  } catch (error) {
    if (isCancellation(error)) throw error;
    return [];
  }
}
