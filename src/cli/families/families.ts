import type { AnyKind } from '../../kinds/kind.ts';
import type { Lock } from '../../kinds/locks.ts';
import type { FamilyCommands } from './family-commands.ts';

/** The families with pages of their own; every other kind gets those that steps and evidence make. */
const ownPages: Readonly<Record<string, (kinds: readonly AnyKind[]) => Promise<FamilyCommands>>> = {
  rollouts: async () => (await import('./rollouts.ts')).rolloutFamily,
  chaos: async (kinds) => (await import('./chaos.ts')).createChaosFamily(kinds),
  recovery: async (kinds) => (await import('./recovery.ts')).createRecoveryFamily(kinds),
};

export async function commandsOf(
  { lock }: Pick<Lock, 'lock'>,
  kinds: readonly AnyKind[],
): Promise<FamilyCommands> {
  const family = kinds.find((kind) => kind.lock === lock)?.family ?? '';
  const own = ownPages[family];
  if (own !== undefined) return own(kinds);
  const { createAnyFamily } = await import('./any-family.ts');
  return createAnyFamily(kinds);
}
