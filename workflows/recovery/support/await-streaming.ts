import { sleep } from '@temporalio/workflow';
import type { DatabaseNode } from '../../../src/specs/recovery/database-node.ts';
import { takeStep } from '../../kernel/steps.ts';
import type { DatabaseRun } from './database-run.ts';

const tries = 20;
const betweenMs = 500;

/** Only what the primary itself calls streaming is redundancy. A lack of it is a note, not a failure. */
export async function awaitStreaming<Spec>(
  run: DatabaseRun<Spec>,
  primary: DatabaseNode,
): Promise<void> {
  await takeStep(run, 'count the standbys that stream', async ({ prove }) => {
    const wanted = run.plan.nodes.length - 1;
    let streaming: string[] = [];
    for (let tried = 1; tried <= tries; tried++) {
      streaming = await streamingFrom(run, primary);
      if (streaming.length >= wanted || run.missing.length > 0) break;
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
  const { replicas = [] } = await run.node(primary).examine();
  return replicas.filter(({ state }) => state === 'streaming').map(({ name }) => name);
}
