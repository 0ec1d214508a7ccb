import type { Release } from '../../specs/rollouts/release.ts';

export type ReleaseComparison =
  | { kind: 'different' }
  | { kind: 'same' }
  /** One version name for two contents: nobody could tell them apart afterwards. */
  | { kind: 'same-version-different-content' };

export function compareReleases(a: Release, b: Release): ReleaseComparison {
  if (a.version !== b.version) return { kind: 'different' };
  return canonical(a) === canonical(b)
    ? { kind: 'same' }
    : { kind: 'same-version-different-content' };
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([x], [y]) => (x < y ? -1 : 1)))
      : inner,
  );
}
