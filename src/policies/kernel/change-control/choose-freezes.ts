import type {
  ChangeControlState,
  Freeze,
  ThawInput,
} from '../../../contracts/kernel/change-control.ts';

/** The freezes that are to be thawed, or why it is not clear which. */
export function chooseFreezes(
  { environment, freezes }: Pick<ChangeControlState, 'environment' | 'freezes'>,
  { freeze: id, all }: ThawInput,
): { freezes: readonly Freeze[] } | { reason: string } {
  const [only, ...others] = freezes;
  if (only === undefined) return { reason: `Nothing is frozen in ${environment}.` };
  if (all) return { freezes };
  if (id !== undefined) {
    const named = freezes.filter((freeze) => freeze.id === id);
    return named.length > 0
      ? { freezes: named }
      : { reason: `${environment} has no freeze ${id}. It has ${nameAll(freezes)}.` };
  }
  if (others.length === 0) return { freezes };
  return {
    reason:
      `${environment} has ${freezes.length} freezes: ${nameAll(freezes)}. ` +
      `Name one: belay thaw ${environment} --freeze ${only.id}, or thaw them with --all.`,
  };
}

function nameAll(freezes: readonly Freeze[]): string {
  return freezes.map(({ id, by, why }) => `${id} (${by}: "${why}")`).join(', ');
}
