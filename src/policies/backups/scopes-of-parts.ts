import type { Scope } from '../../contracts/kernel/change-control.ts';
import type { Part } from './select-parts.ts';

/**
 * What a run asks change control for: the databases that it touches, also by the names that others have
 * for them, and the repositories.
 */
export function scopesOfParts(
  parts: readonly Part[],
  { databases, also = [] }: { databases: boolean; also?: readonly string[] },
): Scope[] {
  const clusters = parts.flatMap(({ component: { source } }) =>
    databases && source.kind === 'postgres' ? [source.cluster] : [],
  );
  const repositories = parts.flatMap((part) => part.repositories);
  return [
    ...[...new Set(databases ? [...clusters, ...also] : [])].map((name): Scope => ({
      of: 'database',
      name,
    })),
    ...[...new Set(repositories)].map((name): Scope => ({ of: 'repository', name })),
  ];
}
