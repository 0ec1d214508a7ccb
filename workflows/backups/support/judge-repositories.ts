import { isCancellation, rootCause } from '@temporalio/workflow';
import type { RepositoryContents } from '../../../src/contracts/backups/backup-set.ts';
import type { CatalogueEntry } from '../../../src/contracts/backups/catalogue.ts';
import { judgeSets, type JudgedRepository } from '../../../src/policies/backups/judge-sets.ts';
import type { BackupsRun } from './backups-run.ts';
import { readCatalogue } from './catalogue-acts.ts';
import type { StoreActs } from './store-acts.ts';

/** What the repositories of a component have, and what is known of it. */
export interface KnownRepositories {
  contents: readonly RepositoryContents[];
  /** Undefined where the ledger did not answer. */
  entries: readonly CatalogueEntry[] | undefined;
  /** In the order that was asked for; without those that could not be read. */
  judged: readonly JudgedRepository[];
  unread: readonly Unread[];
}

/** A repository that could not be read. */
export interface Unread {
  why: string;
  error: unknown;
}

export async function judgeRepositories<Spec>(
  run: BackupsRun<Spec>,
  store: StoreActs,
  repositories: readonly string[],
): Promise<KnownRepositories> {
  const [entries, read] = await Promise.all([
    readCatalogue(run.plan, store.component.name, run.note),
    Promise.all(repositories.map((repository) => readOrWhy(store, repository))),
  ]);
  const contents = read.filter((one) => 'sets' in one);
  const nowMs = Date.now();
  const judged = contents.map((one) => {
    const others = contents.filter((each) => each !== one);
    return judgeSets({ contents: one, entries: entries ?? [], others, nowMs });
  });
  return { contents, entries, judged, unread: read.filter((one) => 'why' in one) };
}

async function readOrWhy(
  store: StoreActs,
  repository: string,
): Promise<RepositoryContents | Unread> {
  try {
    return await store.readRepository(repository);
  } catch (error) {
    if (isCancellation(error)) throw error;
    return { why: `${repository} cannot be read: ${rootCause(error) ?? String(error)}`, error };
  }
}
