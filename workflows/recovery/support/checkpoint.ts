import type { DatabaseNode } from '../../../src/specs/recovery/database-node.ts';
import { takeStep } from '../../kernel/steps.ts';
import type { DatabaseRun } from './databases/database-run.ts';

/** While clients still write: the shutdown, for which they wait, has little left to write then. */
export async function checkpoint<Spec>(run: DatabaseRun<Spec>, node: DatabaseNode): Promise<void> {
  await takeStep(run, `checkpoint ${node.name}`, async ({ prove }) => {
    const { lsn = '' } = await run.node(node).prepareToLead([]);
    prove({ what: 'checkpoint', source: node.agent, value: `before ${lsn}` });
  });
}
