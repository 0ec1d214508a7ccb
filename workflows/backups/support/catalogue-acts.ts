import { isCancellation, proxyActivities } from '@temporalio/workflow';
import type {
  CatalogueActivities,
  CatalogueEntry,
  CatalogueFilter,
  Difference,
} from '../../../src/contracts/backups/catalogue.ts';
import type { RepositoryContents } from '../../../src/contracts/backups/backup-set.ts';
import { comparedParts } from '../../../src/policies/backups/compared-parts.ts';
import type { Component, PlanName } from '../../../src/contracts/backups/source.ts';
import { reasonOf } from '../../kernel/reason-of.ts';

/** No act waits longer than this for the ledger. */
const catalogue = proxyActivities<CatalogueActivities>({
  startToCloseTimeout: '10 s',
  scheduleToCloseTimeout: '20 s',
  retry: { initialInterval: 500, nonRetryableErrorTypes: ['NotFoundError'] },
});

/** Of one payload. */
const mostEntries = 500;

type Note = (text: string) => void;

/** What the catalogue did not know, or knew otherwise; it is brought up to date. Never fails. */
export async function compareCatalogue(
  { environment, backup }: PlanName,
  component: Component,
  contents: RepositoryContents,
  { runRef, note }: { runRef: string; note: Note },
): Promise<Difference[]> {
  const summary = `${component.name} in ${contents.repository}`;
  try {
    const found: Difference[] = [];
    for (const { part, contents: some } of comparedParts(contents)) {
      const about = [{ environment, backup }, component, some, runRef, part] as const;
      found.push(...(await catalogue.compareCatalogue.executeWithOptions({ summary }, [...about])));
    }
    return found;
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
    const entries: CatalogueEntry[] = [];
    for (;;) {
      const page = { from: entries.length, most: mostEntries };
      const asked = [{ ...filter, page }] as const;
      const some = await catalogue.readCatalogue.executeWithOptions({ summary: component }, [
        ...asked,
      ]);
      entries.push(...some);
      if (some.length < mostEntries) return entries;
    }
  } catch (error) {
    noteAway(error, note, `the catalogue of ${component} was not read`);
    return undefined;
  }
}

function noteAway(error: unknown, note: Note, what: string): void {
  if (isCancellation(error)) throw error;
  note(`${what}: ${reasonOf(error)}`);
}
