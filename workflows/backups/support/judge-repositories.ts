import { isCancellation } from '@temporalio/workflow';
import type { BackupSet, RepositoryContents } from '../../../src/contracts/backups/backup-set.ts';
import type { CatalogueEntry } from '../../../src/contracts/backups/catalogue.ts';
import { judgeSets, type JudgedRepository } from '../../../src/policies/backups/judge-sets.ts';
import { reasonOf } from '../../kernel/reason-of.ts';
import type { BackupsRun } from './backups-run.ts';
import { compareContents } from './compare-catalogue.ts';
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

/** Brings the catalogue to what the repositories have before it is asked what it knows of them. */
export async function judgeRepositories<Spec>(
  run: BackupsRun<Spec>,
  store: StoreActs,
  repositories: readonly string[],
): Promise<KnownRepositories> {
  const { environment, backup } = run.plan;
  const about = { environment, backup, component: store.component.name };
  const read = await Promise.all(repositories.map((repository) => readOrWhy(store, repository)));
  const contents = read.filter((one) => 'sets' in one);
  for (const one of contents) await compareContents(run, store.component, one);
  const present = await readCatalogue(about, run.note);
  const labels = present === undefined ? [] : unknownLabels(contents, present);
  const back =
    labels.length === 0 ? [] : await readCatalogue({ ...about, labels, gone: true }, run.note);
  const entries = present && back && [...present, ...back];
  const nowMs = Date.now();
  const judged = contents.map((one) => {
    const others = contents.filter((each) => each !== one);
    return judgeSets({ contents: one, entries: entries ?? [], others, nowMs });
  });
  return { contents, entries, judged, unread: read.filter((one) => 'why' in one) };
}

/** Sets that are there, and that the catalogue may believe to be gone: what was proven of them counts. */
function unknownLabels(
  contents: readonly RepositoryContents[],
  entries: readonly CatalogueEntry[],
): string[] {
  const known = new Set(entries.map(({ set }) => keyOf(set)));
  const unknown = contents.flatMap(({ sets, foreign }) =>
    sets.filter((set) => !known.has(keyOf(set)) && !foreign.includes(set.label)),
  );
  return [...new Set(unknown.map(({ label }) => label))];
}

function keyOf({ repository, label }: BackupSet): string {
  return JSON.stringify([repository, label]);
}

async function readOrWhy(
  store: StoreActs,
  repository: string,
): Promise<RepositoryContents | Unread> {
  try {
    return await store.readRepository(repository);
  } catch (error) {
    if (isCancellation(error)) throw error;
    return { why: `${repository} cannot be read: ${reasonOf(error)}`, error };
  }
}
