import { ApplicationFailure, sleep } from '@temporalio/workflow';
import { failureTypes } from '../../../src/contracts/kernel/failures.ts';
import { markNonce, type Mark, type SourceFacts } from '../../../src/contracts/backups/store.ts';
import { hasSegment } from '../../../src/policies/backups/has-segment.ts';
import { formatDuration } from '../../../src/specs/kernel/duration.ts';
import { takeStep } from '../../kernel/steps.ts';
import type { BackupsRun } from './backups-run.ts';
import type { StoreActs } from './store-acts.ts';

/** What a drill committed to its source: a mark before its target, and one after it. */
export interface DrillMarks {
  before: Mark;
  after: Mark;
  /** From the commit of the first mark until it was seen in the repository. */
  exposedMs: number;
}

const longestArchivingMs = 600_000;
const pollMs = 1_000;
/** A second to each side of the moment between them. */
const leastBetweenMs = 2_000;

/** Undefined where the source takes no marks: it has no log, is away, or is a standby. */
export async function markDrill<Spec>(
  run: BackupsRun<Spec>,
  store: StoreActs,
  { facts, repository }: { facts: SourceFacts | undefined; repository: string },
): Promise<DrillMarks | undefined> {
  if (facts?.database?.role !== 'primary' || !facts.database.running) return undefined;
  const { name } = store.component;
  return takeStep(run, `mark ${name}, and wait until it is archived`, async ({ prove }) => {
    const before = await store.writeMark(markNonce(run.id, `${name}/before`));
    const markedAtMs = Date.now();
    await untilArchived(store, repository, before);
    const exposedMs = Date.now() - before.committedAtMs;
    const waitMs = markedAtMs + leastBetweenMs - Date.now();
    if (waitMs > 0) await sleep(waitMs, { summary: 'so that a moment lies between the marks' });
    const after = await store.writeMark(markNonce(run.id, `${name}/after`));
    await untilArchived(store, repository, after);
    const value = `${before.at.segment} after ${formatDuration(Math.max(0, exposedMs))}`;
    prove({ what: 'archived', source: repository, value });
    return { before, after, exposedMs: Math.max(0, exposedMs) };
  });
}

async function untilArchived(store: StoreActs, repository: string, { at }: Mark): Promise<void> {
  const sinceMs = Date.now();
  while (!hasSegment(await store.readRepository(repository), at)) {
    if (Date.now() - sinceMs > longestArchivingMs) {
      throw ApplicationFailure.nonRetryable(
        `${at.segment} was not archived to ${repository} within ${formatDuration(longestArchivingMs)}`,
        failureTypes.notReady,
      );
    }
    await sleep(pollMs, { summary: `until ${at.segment} is in ${repository}` });
  }
}
