import { MockActivityEnvironment } from '@temporalio/testing';
import { expect, it } from 'vitest';
import { createOutageSweeper } from '../../../activities/chaos/outage-sweeper.ts';
import { createLeftoverActivities } from '../../../activities/kernel/leftovers.ts';
import type { LeftOutages } from '../../../src/contracts/chaos/left-outages.ts';

const madeBy = (name: string): LeftOutages => ({
  owner: { workflowId: `chaos/staging/${name}`, runRef: `run-of-${name}`, step: 5 },
  subject: { environment: 'staging', name },
  objects: [{ namespace: 'shop', name: `belay-${name}`, uid: name }],
});

it('outages of runs that were terminated are taken back in every cluster, and those of living runs are not', async () => {
  const clusters = new Map<string | undefined, LeftOutages[]>([
    [undefined, [madeBy('alive'), madeBy('terminated')]],
    ['east', [madeBy('gone')]],
  ]);
  const removed: string[] = [];
  const sweeper = createOutageSweeper(
    {
      list: async (context) => clusters.get(context) ?? [],
      remove: async ({ subject }) => void removed.push(subject.name),
    },
    [...clusters.keys()],
  );
  const { sweepLeftovers } = createLeftoverActivities({
    sweepers: [sweeper],
    openLiveness: () => async (workflowId) => workflowId.endsWith('/alive'),
  });
  const report = await new MockActivityEnvironment().run(() => sweepLeftovers());
  expect(removed.toSorted()).toEqual(['gone', 'terminated']);
  expect(report).toMatchObject({ failed: [], swept: [{ what: 'outages' }, { what: 'outages' }] });
});
