import type { AnyKind } from '../../kinds/kind.ts';
import type { Lock } from '../../kinds/locks.ts';
import { createAnyFamily } from './any-family.ts';
import type { FamilyCommands } from './family-commands.ts';
import { rolloutFamily } from './rollouts.ts';

/** The families with pages of their own; every other kind gets those that steps and evidence make. */
const ownPages: Readonly<Record<string, FamilyCommands>> = {
  rollouts: rolloutFamily,
};

export function commandsOf(
  { lock }: Pick<Lock, 'lock'>,
  kinds: readonly AnyKind[],
): FamilyCommands {
  const family = kinds.find((kind) => kind.lock === lock)?.family ?? '';
  return ownPages[family] ?? createAnyFamily(kinds);
}
