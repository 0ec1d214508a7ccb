import type { Exclusion } from '../../contracts/objectives/exclusion.ts';
import type { ObjectiveStore } from '../../contracts/objectives/objective-store.ts';
import type { ExclusionChange } from '../../policies/objectives/exclusions/change-exclusion.ts';
import { CliFailure, exitCodes } from '../failure.ts';

const shownMs = 90 * 86_400_000;
const aheadMs = 400 * 86_400_000;

type Store = Pick<ObjectiveStore, 'listExclusions' | 'changeExclusion'>;

/** Maintenance that is ahead, and that of the last 90 days. */
export function knownExclusions(
  store: Pick<Store, 'listExclusions'>,
  environment: string,
  nowMs: number,
): Promise<Exclusion[]> {
  return store.listExclusions({
    ...{ environment, fromMs: nowMs - shownMs, untilMs: nowMs + aheadMs },
  });
}

/** One that others change meanwhile is refused. */
export async function changeKnownExclusion(
  store: Store,
  { environment, id, nowMs }: { environment: string; id: string; nowMs: number },
  change: (known: Exclusion) => ExclusionChange,
): Promise<Exclusion> {
  const all = await knownExclusions(store, environment, nowMs);
  const known = all.find((each) => each.id === id);
  if (known === undefined) {
    const hint = `belay slo exclude list -e ${environment} shows what there is`;
    throw new CliFailure(
      exitCodes.badInput,
      `There is no maintenance ${id} in ${environment}; ${hint}.`,
    );
  }
  const changed = change(known);
  if ('refusal' in changed) throw new CliFailure(exitCodes.notDone, `${changed.refusal}.`);
  if (await store.changeExclusion(known, changed.exclusion)) return changed.exclusion;
  throw new CliFailure(
    exitCodes.notDone,
    `Somebody else has changed ${id} meanwhile; look at it again.`,
  );
}
