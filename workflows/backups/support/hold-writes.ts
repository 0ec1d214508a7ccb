import { ApplicationFailure, CancellationScope, sleep } from '@temporalio/workflow';
import { failureTypes } from '../../../src/contracts/kernel/failures.ts';
import type { Component } from '../../../src/contracts/backups/source.ts';
import { hasSegment } from '../../../src/policies/backups/has-segment.ts';
import { formatDuration } from '../../../src/specs/kernel/duration.ts';
import type { Ending } from '../../kernel/ending.ts';
import { takeStep } from '../../kernel/steps.ts';
import type { PlannedSearch } from './plan-point-in-time.ts';
import type { PointInTimeRun } from './searched-copy.ts';

const longestArchivingMs = 600_000;
const pollMs = 1_000;

const releasing = ({ name }: Component) => `release the writes of ${name}`;

/** Whether this run holds them, or somebody had before it. */
export type WritesHold = 'own' | 'former';

/** Released by the undo, whatever becomes of the run. What somebody else holds is left as it is. */
export async function holdWrites(run: PointInTimeRun, component: Component): Promise<WritesHold> {
  const { name, agent } = component;
  return takeStep(run, `hold the writes of ${name}`, async ({ prove }) => {
    // Read before, and remembered in the history: afterwards nobody could tell whose setting it is.
    const { isHeld } = await run.search(component).readWrites();
    if (isHeld) run.note(heldBefore(component));
    else run.undo.arm(releasing(component), 'releaseWrites', component);
    const { sessions } = await run.search(component).holdWrites();
    const value = `new transactions only read; ${sessions} sessions have come back`;
    prove({ what: name, source: agent, value });
    return isHeld ? 'former' : 'own';
  });
}

function heldBefore({ name }: Component): string {
  return `the writes of ${name} were held before this run (ALTER SYSTEM SET default_transaction_read_only), and are left so, unless another data folder takes its place: ALTER SYSTEM RESET it when they are to go on`;
}

/** What has taken the place of the database never was held. */
export async function endHold(
  run: PointInTimeRun,
  { component, hold }: { component: Component; hold: WritesHold },
  { outcome }: Ending,
): Promise<void> {
  if (outcome !== 'Recovered') {
    if (hold === 'own') await releaseWrites(run, component);
  } else if (hold === 'former') {
    run.note(
      `${component.name} takes writes, which were held before this run: what has taken its place has the settings of its set. ALTER SYSTEM SET default_transaction_read_only = on where they are to be held on`,
    );
  }
}

async function releaseWrites(run: PointInTimeRun, component: Component): Promise<void> {
  const { name, agent } = component;
  await takeStep(run, releasing(component), async ({ prove }) => {
    await CancellationScope.nonCancellable(() => run.search(component).releaseWrites());
    run.undo.disarm(releasing(component));
    prove({ what: name, source: agent, value: 'new transactions write' });
  });
}

/** What was committed until now is searched, too, once it is archived. */
export async function endLog(
  run: PointInTimeRun,
  { restore: { store, repository } }: PlannedSearch,
): Promise<void> {
  const { component } = store;
  await takeStep(run, `wait until the log of ${component.name} is archived`, async ({ prove }) => {
    const end = await run.search(component).endLog();
    const sinceMs = Date.now();
    while (!hasSegment(await store.readRepository(repository), end)) {
      if (Date.now() - sinceMs > longestArchivingMs) {
        throw ApplicationFailure.nonRetryable(
          `${end.segment} was not archived to ${repository} within ${formatDuration(longestArchivingMs)}`,
          failureTypes.notReady,
        );
      }
      await sleep(pollMs, { summary: `until ${end.segment} is in ${repository}` });
    }
    prove({ what: 'archived', source: repository, value: `${end.segment}, to ${end.lsn}` });
  });
}
