import type { BackupSet } from '../../contracts/backups/backup-set.ts';
import type {
  CatalogueFact,
  Damaged,
  Proven,
  Replicated,
  Verified,
} from '../../contracts/backups/catalogue.ts';
import type { Component, PlanName } from '../../contracts/backups/source.ts';
import type { ContentCheck } from '../../contracts/backups/store.ts';

interface About {
  plan: PlanName;
  component: Component;
  repository: string;
  label: string;
}

/** A set, and whose it is. */
export interface OwnSet {
  plan: PlanName;
  component: Component;
  set: BackupSet;
}

/** What is known of a set, so that whoever reads a fact about it later knows the set, too. */
type FactOfSet =
  | { kind: 'verified'; verified: Verified }
  | { kind: 'damaged'; damaged: Damaged }
  | { kind: 'replicated'; replicated: Replicated }
  | { kind: 'proven'; proven: Proven };

/** That a set is there, and what was found out about it: no fact depends on an earlier one. */
export function factsOf(
  { plan, component, set }: OwnSet,
  runRef: string,
  ...facts: readonly FactOfSet[]
): CatalogueFact[] {
  const { repository, label, stoppedAtMs: atMs } = set;
  const about = named({ plan, component, repository, label });
  return [
    { ...about, kind: 'made', set, seen: { atMs, runRef } },
    ...facts.map((fact): CatalogueFact => ({ ...about, ...fact })),
  ];
}

/** A set was read back: it is sound, or damaged. */
export function factOfCheck(check: ContentCheck, runRef: string): FactOfSet {
  const { damage, extent, endedAtMs, unread } = check;
  const seen = { atMs: endedAtMs, runRef };
  return damage.length === 0
    ? { kind: 'verified', verified: { ...seen, extent, ...(unread !== undefined && { unread }) } }
    : { kind: 'damaged', damaged: { ...seen, damage } };
}

/** In the order of the type, for the other kinds of facts. */
export function named({ plan, component, repository, label }: About) {
  const { environment, backup } = plan;
  return { environment, backup, component, repository, label };
}
