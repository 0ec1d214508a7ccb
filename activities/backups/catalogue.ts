import { ApplicationFailure } from '@temporalio/common';
import type {
  Catalogue,
  CatalogueActivities,
  CatalogueFact,
  EntryChange,
} from '../../src/contracts/backups/catalogue.ts';
import { failureTypes } from '../../src/contracts/kernel/failures.ts';
import { advanceEntry } from '../../src/policies/backups/advance-entry.ts';
import { compareCatalogue } from '../../src/policies/backups/compare-catalogue.ts';

/** Runs of one plan may write at once; each of them writes at least one entry in every round. */
const mostRounds = 100;

export function createCatalogueActivities(catalogue: Catalogue): CatalogueActivities {
  return {
    async recordFacts(facts) {
      let unknown: readonly string[] = [];
      await untilWritten(catalogue, async () => {
        const found = await changesBy(facts, catalogue);
        ({ unknown } = found);
        return found.changes;
      });
      if (unknown.length > 0) throw refuseUnknown(unknown);
    },

    async compareCatalogue(plan, component, contents, runRef, part) {
      const { repository, foreign } = contents;
      const labels = part?.kind === 'first' && contents.sets.map(({ label }) => label);
      const compare = async () =>
        compareCatalogue({
          ...{ plan, component, contents, runRef },
          ...(part?.kind === 'last' && { seen: part.labels }),
          entries: await catalogue.list({
            ...{ ...plan, component: component.name, repository },
            ...(labels && { labels }),
            gone: true,
          }),
        });
      const { changes, differences } = await compare();
      const refused = await catalogue.write(changes);
      if (refused.length > 0) {
        await untilWritten(catalogue, async () => (await compare()).changes);
      }
      if (part?.kind === 'first') return [...differences];
      const others = new Set(foreign);
      const sets = contents.sets.filter(
        ({ label, madeBy }) => madeBy === undefined || others.has(label),
      );
      await catalogue.noteRepository({
        ...{ ...plan, component, runRef },
        contents: { ...contents, sets },
      });
      return [...differences];
    },

    async readCatalogue(filter) {
      return (await catalogue.list(filter)).map(({ entry }) => entry);
    },
  };
}

/** Whoever wrote in between is read again. */
async function untilWritten(
  catalogue: Catalogue,
  changesNow: () => Promise<readonly EntryChange[]>,
): Promise<void> {
  for (let round = 0; round < mostRounds; round++) {
    const refused = await catalogue.write(await changesNow());
    if (refused.length === 0) return;
  }
  throw new Error('The catalogue of backups is written by too many at once: this is tried again');
}

async function changesBy(
  facts: readonly CatalogueFact[],
  catalogue: Catalogue,
): Promise<{ changes: EntryChange[]; unknown: string[] }> {
  const changes: EntryChange[] = [];
  const unknown: string[] = [];
  for (const about of groupedBySet(facts)) {
    const [{ environment, backup, component, repository, label }] = about;
    const [before] = await catalogue.list({
      ...{ environment, backup, component: component.name, repository },
      ...{ labels: [label], gone: true },
    });
    const after = about.reduce(advanceEntry, before?.entry);
    if (after === undefined) {
      if (about.every(({ kind }) => kind === 'expired')) continue;
      unknown.push(`${component.name}/${repository}/${label}`);
    } else if (after !== before?.entry) changes.push({ ...(before && { before }), after });
  }
  return { changes, unknown };
}

function refuseUnknown(unknown: readonly string[]): ApplicationFailure {
  return ApplicationFailure.nonRetryable(
    `The catalogue does not know ${unknown.join(', ')}: compare it with the repository first`,
    failureTypes.invalidInput,
  );
}

/** In the order in which they were given. */
function groupedBySet(
  facts: readonly CatalogueFact[],
): (readonly [CatalogueFact, ...CatalogueFact[]])[] {
  const groups = new Map<string, [CatalogueFact, ...CatalogueFact[]]>();
  for (const fact of facts) {
    const { environment, backup, component, repository, label } = fact;
    const key = JSON.stringify([environment, backup, component.name, repository, label]);
    const group = groups.get(key);
    if (group) group.push(fact);
    else groups.set(key, [fact]);
  }
  return [...groups.values()];
}
