import { ApplicationFailure, sleep } from '@temporalio/workflow';
import { failureTypes } from '../../../src/contracts/kernel/failures.ts';
import { scopesOfParts } from '../../../src/policies/backups/scopes-of-parts.ts';
import type { Part } from '../../../src/policies/backups/select-parts.ts';
import { formatDuration } from '../../../src/specs/kernel/duration.ts';
import { takeStep } from '../../kernel/steps.ts';
import type { BackupsRun } from './backups-run.ts';

/** Runs of the family are short beside this, and take turns. */
const longestWaitMs = 3_600_000;
const firstWaitMs = 5_000;
const longestBetweenMs = 60_000;

/** Asks change control, and waits for those that are in the way, since schedules start runs at once. */
export async function obtainPermit<Spec>(
  run: BackupsRun<Spec>,
  parts: readonly Part[],
  { databases = false, also = [] }: { databases?: boolean; also?: readonly string[] } = {},
): Promise<void> {
  const order = {
    ...{ environment: run.plan.environment, family: run.kind.family, kind: run.kind.kind },
    scopes: scopesOfParts(parts, { databases, also }),
  };
  await takeStep(run, 'wait for the permit', async ({ prove }) => {
    const sinceMs = Date.now();
    for (let waitMs = firstWaitMs; ; waitMs = Math.min(2 * waitMs, longestBetweenMs)) {
      try {
        await run.permit.obtain(order, run.settings, run.note);
        break;
      } catch (error) {
        if (!isExcluded(error) || Date.now() - sinceMs > longestWaitMs) throw error;
        prove({ what: 'wait', source: 'change control', value: error.message });
        await sleep(waitMs, { summary: 'until the run that is in the way is over' });
      }
    }
    const waitedMs = Date.now() - sinceMs;
    const waited = waitedMs < firstWaitMs ? '' : ` after ${formatDuration(waitedMs)}`;
    prove({ what: 'permit', source: 'change control', value: `granted${waited}` });
  });
}

function isExcluded(error: unknown): error is ApplicationFailure {
  return error instanceof ApplicationFailure && error.type === failureTypes.permitRefused;
}
