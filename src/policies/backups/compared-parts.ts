import type { RepositoryContents } from '../../contracts/backups/backup-set.ts';
import type { ComparedPart } from '../../contracts/backups/catalogue.ts';

const mostSets = 1_000;

/** A reading in parts, each small enough for one payload; a small one is compared as a whole. */
export function comparedParts(
  contents: RepositoryContents,
): { contents: RepositoryContents; part?: ComparedPart }[] {
  const { sets } = contents;
  if (sets.length <= mostSets) return [{ contents }];
  const foreign = new Set(contents.foreign);
  const isOwn = (set: (typeof sets)[number]) => set.madeBy !== undefined && !foreign.has(set.label);
  const own = sets.filter(isOwn);
  const last = own.slice(-(own.length % mostSets || mostSets));
  const before = own.slice(0, own.length - last.length);
  const firsts = Array.from({ length: before.length / mostSets }, (_, index) =>
    before.slice(index * mostSets, (index + 1) * mostSets),
  );
  const others = sets.filter((set) => !isOwn(set)).slice(-mostSets);
  return [
    ...firsts.map((some) => ({
      contents: { ...contents, sets: some, foreign: [], wal: [] },
      part: { kind: 'first' as const },
    })),
    {
      contents: { ...contents, sets: [...last, ...others] },
      part: { kind: 'last', labels: before.map(({ label }) => label) },
    },
  ];
}
