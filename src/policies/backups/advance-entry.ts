import type {
  CatalogueEntry,
  CatalogueFact,
  Replicated,
} from '../../contracts/backups/catalogue.ts';

/**
 * An entry with one more fact. The same fact again, or one that arrives late, changes nothing, and
 * returns the entry itself. Undefined: there is no entry that the fact could be about.
 */
export function advanceEntry(
  entry: CatalogueEntry | undefined,
  fact: CatalogueFact,
): CatalogueEntry | undefined {
  if (entry === undefined) return fact.kind === 'made' ? entryOf(fact) : undefined;
  switch (fact.kind) {
    case 'made':
      return entry;
    case 'verified':
      return isNews(entry.verified, fact.verified) ? { ...entry, verified: fact.verified } : entry;
    case 'damaged':
      return isNews(entry.damaged, fact.damaged) ? { ...entry, damaged: fact.damaged } : entry;
    case 'proven':
      return isNews(entry.proven, fact.proven) ? { ...entry, proven: fact.proven } : entry;
    case 'replicated':
      return withCopy(entry, fact.replicated);
    case 'expired':
      return entry.expired === undefined ? { ...entry, expired: fact.expired } : entry;
  }
}

function entryOf({
  environment,
  backup,
  component,
  set,
  seen,
}: Extract<CatalogueFact, { kind: 'made' }>): CatalogueEntry {
  return { environment, backup, component, set, firstSeen: seen, replicated: [] };
}

interface Dated {
  atMs: number;
}

function isNews(known: Dated | undefined, told: Dated): boolean {
  return known === undefined || told.atMs > known.atMs;
}

/** One copy in each repository. */
function withCopy(entry: CatalogueEntry, copy: Replicated): CatalogueEntry {
  const known = entry.replicated.find(({ repository }) => repository === copy.repository);
  if (!isNews(known, copy)) return entry;
  return { ...entry, replicated: [...entry.replicated.filter((one) => one !== known), copy] };
}
