import { isCancellation, proxyActivities, rootCause } from '@temporalio/workflow';
import type {
  CatalogueActivities,
  CatalogueEntry,
  CatalogueFilter,
  Difference,
} from '../../../src/contracts/backups/catalogue.ts';
import type { RepositoryContents } from '../../../src/contracts/backups/backup-set.ts';
import type { Component, PlanName } from '../../../src/contracts/backups/source.ts';

/** No act waits longer than this for the ledger. */
const catalogue = proxyActivities<CatalogueActivities>({
  startToCloseTimeout: '10 s',
  scheduleToCloseTimeout: '20 s',
  retry: { initialInterval: 500, nonRetryableErrorTypes: ['NotFoundError'] },
});

type Note = (text: string) => void;

/** What the catalogue did not know, or knew otherwise; it is brought up to date. Never fails. */
export async function compareCatalogue(
  { environment, backup }: PlanName,
  component: Component,
  contents: RepositoryContents,
  { runRef, note }: { runRef: string; note: Note },
): Promise<Difference[]> {
  try {
    return await catalogue.compareCatalogue.executeWithOptions(
      { summary: `${component.name} in ${contents.repository}` },
      [{ environment, backup }, component, contents, runRef],
    );
  } catch (error) {
    noteAway(error, note, `the catalogue was not compared with ${contents.repository}`);
    return [];
  }
}

/** What is known of the sets of a component; undefined where the ledger does not answer. */
export async function readCatalogue(
  filter: PlanName & Pick<CatalogueFilter, 'labels' | 'gone'> & { component: string },
  note: Note,
): Promise<CatalogueEntry[] | undefined> {
  const { component } = filter;
  try {
    return await catalogue.readCatalogue.executeWithOptions({ summary: component }, [filter]);
  } catch (error) {
    noteAway(error, note, `the catalogue of ${component} was not read`);
    return undefined;
  }
}

function noteAway(error: unknown, note: Note, what: string): void {
  if (isCancellation(error)) throw error;
  note(`${what}: ${rootCause(error) ?? String(error)}`);
}
