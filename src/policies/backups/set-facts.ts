import type { CatalogueFact } from '../../contracts/backups/catalogue.ts';
import type { SetOutcome } from '../../contracts/backups/details.ts';
import type { Component, PlanName } from '../../contracts/backups/source.ts';
import type { ContentCheck } from '../../contracts/backups/store.ts';

interface About {
  plan: PlanName;
  component: Component;
  repository: string;
  label: string;
}

/** What a backup adds to the catalogue about one set. */
export function factsOfSet(
  { plan, component }: Pick<About, 'plan' | 'component'>,
  { set, check }: SetOutcome,
  runRef: string,
): CatalogueFact[] {
  if (set === undefined) return [];
  const about = { plan, component, repository: set.repository, label: set.label };
  const seen = { atMs: set.stoppedAtMs, runRef };
  return [
    { ...named(about), kind: 'made', set, seen },
    ...(check === undefined ? [] : [factOfCheck(about, check, runRef)]),
  ];
}

/** A set was read back: it is sound, or damaged. */
export function factOfCheck(about: About, check: ContentCheck, runRef: string): CatalogueFact {
  const { damage, extent, endedAtMs } = check;
  const seen = { atMs: endedAtMs, runRef };
  return damage.length === 0
    ? { ...named(about), kind: 'verified', verified: { ...seen, extent } }
    : { ...named(about), kind: 'damaged', damaged: { ...seen, damage } };
}

/** In the order of the type, for the other kinds of facts. */
export function named({ plan, component, repository, label }: About) {
  const { environment, backup } = plan;
  return { environment, backup, component, repository, label };
}
