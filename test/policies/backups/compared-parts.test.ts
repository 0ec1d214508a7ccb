import { describe, expect, it } from 'vitest';
import { compareCatalogue } from '../../../src/policies/backups/compare-catalogue.ts';
import { comparedParts } from '../../../src/policies/backups/compared-parts.ts';
import { component, contentsOf, entryOf, plan, setAt } from './backup-sets.ts';

const sets = Array.from({ length: 2_500 }, (_, index) =>
  setAt(index * 1_000, { label: `${index}` }),
);

describe('a large repository', () => {
  it('is compared in parts as it would be as a whole', () => {
    const contents = contentsOf(sets, { readAtMs: 9e9, foreign: ['7'] });
    const known = [...sets.slice(100), setAt(5, { label: 'gone' })].map((set) => entryOf(set));
    const entries = known.map((entry) => ({ entry, version: 1 }));
    const compare = (some: typeof contents, seen: readonly string[] = [], isFirst = false) => {
      const labels = new Set(some.sets.map(({ label }) => label));
      return compareCatalogue({
        ...{ plan, component, contents: some, runRef: 'run@2', seen },
        entries: isFirst ? entries.filter(({ entry }) => labels.has(entry.set.label)) : entries,
      }).differences;
    };
    const parts = comparedParts(contents);
    expect(parts.map(({ contents: { sets: some } }) => some.length)).toEqual([1_000, 1_000, 500]);
    const found = parts.flatMap(({ contents: some, part }) =>
      compare(some, part?.kind === 'last' ? part.labels : [], part?.kind === 'first'),
    );
    expect(found.map(({ label }) => label)).toEqual(compare(contents).map(({ label }) => label));
    expect(found.at(-1)).toMatchObject({ label: 'gone', kind: 'missing' });
  });

  it('is one part where it is small', () => {
    const contents = contentsOf(sets.slice(0, 3));
    expect(comparedParts(contents)).toEqual([{ contents }]);
  });
});
