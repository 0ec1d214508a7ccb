import { MockActivityEnvironment } from '@temporalio/testing';
import { expect, test } from 'vitest';
import { createLeftoverActivities } from '../../../activities/kernel/leftovers.ts';
import type { Fence } from '../../../src/contracts/kernel/fence.ts';
import type { Leftover, Sweeper, SweepReport } from '../../../src/contracts/kernel/leftovers.ts';

const leftBy = (name: string): Leftover => ({
  owner: { workflowId: `lamps/demo/${name}`, runRef: `run-of-${name}`, step: 7 },
  subject: { environment: 'demo', name },
});

function sweep(sweepers: Sweeper[], running: string[] = []): Promise<SweepReport> {
  const { sweepLeftovers } = createLeftoverActivities({
    sweepers,
    limitMs: 50,
    openLiveness: () => (workflowId) => Promise.resolve(running.includes(workflowId)),
  });
  const environment = new MockActivityEnvironment({ currentAttemptScheduledTimestampMs: 5_000 });
  return environment.run<[], SweepReport, typeof sweepLeftovers>(sweepLeftovers);
}

test('each sweeper clears what dead runs left, and touches nothing of a running one', async () => {
  const cleared: [string, Fence][] = [];
  const sweeper = (name: string, found: string[]): Sweeper => ({
    name,
    places: { here: () => Promise.resolve(found.map(leftBy)) },
    clear: ({ subject }, fence) => Promise.resolve(void cleared.push([subject.name, fence])),
  });
  const report = await sweep(
    [sweeper('lamps', ['hall', 'attic']), sweeper('faults', ['cellar'])],
    ['lamps/demo/attic'],
  );
  expect(report).toMatchObject({
    swept: [
      { what: 'lamps', subject: { name: 'hall' } },
      { what: 'faults', subject: { name: 'cellar' } },
    ],
    failed: [],
  });
  // By the server's clock: when the attempt was scheduled, and what has passed since.
  const step = expect.closeTo(5_000, -3) as number;
  expect(cleared).toEqual([
    ['hall', { rolloutId: 'run-of-hall', step }],
    ['cellar', { rolloutId: 'run-of-cellar', step }],
  ]);
});

test('the time of clearing begins once its owner is known to be dead, however many others are asked about first', async () => {
  const lamps: Sweeper = {
    name: 'lamps',
    places: { here: () => Promise.resolve([leftBy('hall')]) },
    clear: () => Promise.resolve(),
  };
  const { sweepLeftovers } = createLeftoverActivities({
    sweepers: [lamps],
    limitMs: 20,
    openLiveness: () => () => new Promise((resolve) => setTimeout(() => resolve(false), 60)),
  });
  const report = await new MockActivityEnvironment().run<[], SweepReport, typeof sweepLeftovers>(
    sweepLeftovers,
  );
  expect(report).toMatchObject({ swept: [{ subject: { name: 'hall' } }], failed: [] });
});

test('a sweeper that hangs delays no other, and is named with what it could not clear', async () => {
  const report = await sweep([
    {
      name: 'lamps',
      places: { here: () => Promise.resolve([leftBy('hall')]) },
      clear: () => new Promise(() => {}),
    },
    {
      name: 'faults',
      places: { there: () => Promise.resolve([leftBy('cellar')]) },
      clear: () => Promise.resolve(),
    },
  ]);
  expect(report.swept).toMatchObject([{ what: 'faults' }]);
  expect(report.failed).toEqual([
    { what: 'lamps', where: 'lamps/demo/hall', error: 'Error: not done within 0.05 s' },
  ]);
});
