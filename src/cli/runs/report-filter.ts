import type { LedgerFilter } from '../../contracts/kernel/ledger.ts';
import type { AnyKind } from '../../kinds/kind.ts';
import { familiesOf, type KindFilter } from '../../kinds/select-kinds.ts';
import type { TypedRun } from './run-name.ts';

type Asked = Pick<LedgerFilter, 'family' | 'families' | 'kinds' | 'environment' | 'name'>;

/** Which reports of the ledger are asked for, by a run as typed and by `--kind` and `--family`. */
export function reportFilter(
  { lock, environment, name }: Partial<TypedRun>,
  { kind, family }: KindFilter,
  kinds: readonly AnyKind[],
): Asked {
  const ofLock = kinds.filter((each) => lock !== undefined && each.lock === lock);
  const [own = family] = familiesOf(ofLock);
  return {
    // Responses to alerts are in the ledger, too, and of no family that has kinds.
    ...(own === undefined ? { families: familiesOf(kinds) } : { family: own }),
    ...(kind !== undefined && { kinds: [kind] }),
    ...(environment !== undefined && { environment }),
    ...(name !== undefined && { name }),
  };
}
