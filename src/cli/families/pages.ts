import type { AnyKind } from '../../kinds/kind.ts';
import type { Lock } from '../../kinds/locks.ts';
import { createRunPages } from './any-run.ts';
import type { FamilyPages } from './family-pages.ts';
import { rolloutPages } from './rollouts.ts';

/** The families with pages of their own; every other kind gets those that steps and evidence make. */
const ownPages: Readonly<Record<string, FamilyPages>> = {
  rollouts: rolloutPages,
};

export function pagesOf({ lock }: Lock, kinds: readonly AnyKind[]): FamilyPages {
  const family = kinds.find((kind) => kind.lock === lock)?.family ?? '';
  return ownPages[family] ?? createRunPages(kinds);
}
