import type { SourceFacts } from '../../contracts/backups/store.ts';
import { formatBytes } from './bytes.ts';

/** A source in one line, as evidence shows it. */
export function describeSource({ tool, bytes, database, refusals }: SourceFacts): string {
  if (refusals.length > 0) return `refused: ${refusals.join('; ')}`;
  return [
    tool,
    ...(database === undefined ? [] : [describeDatabase(database)]),
    ...(bytes === undefined ? [] : [formatBytes(bytes)]),
  ].join(', ');
}

function describeDatabase({
  version,
  role,
  running,
  at,
}: NonNullable<SourceFacts['database']>): string {
  const state = running ? `a ${role}` : `a ${role} that does not run`;
  return `PostgreSQL ${version}, ${state}${at === undefined ? '' : ` at ${at.lsn}`}`;
}
