import { ApplicationFailure } from '@temporalio/workflow';
import { failureTypes } from '../../../src/contracts/kernel/failures.ts';
import type { RepositoryContents } from '../../../src/contracts/backups/backup-set.ts';
import type { ReadRepositoryCall, RepositoryPage } from '../../../src/contracts/backups/store.ts';

type ReadPage = (page: ReadRepositoryCall['page']) => Promise<RepositoryPage>;

/** An agent that was started anew meanwhile reads again. */
const mostReadings = 5;

/** All that a repository has, at one time. */
export async function readPages(read: ReadPage): Promise<RepositoryContents> {
  let { next, ...first } = await read(undefined);
  let readings = 1;
  while (next !== undefined) {
    const { next: after, ...page } = await read({ readAtMs: first.readAtMs, from: next });
    const isSame = page.readAtMs === first.readAtMs;
    if (!isSame && ++readings > mostReadings) {
      throw ApplicationFailure.nonRetryable(
        `${page.repository} was read ${readings} times, each time by another agent process`,
        failureTypes.agentUnavailable,
      );
    }
    first = isSame ? joined(first, page) : page;
    next = after;
  }
  return first;
}

function joined(first: RepositoryContents, page: RepositoryContents): RepositoryContents {
  return {
    ...first,
    sets: [...first.sets, ...page.sets],
    foreign: [...first.foreign, ...page.foreign],
  };
}
