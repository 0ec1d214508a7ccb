import type { StoreCall } from '../../../contracts/backups/store.ts';
import type { Repository } from './repository.ts';
import { annotations } from './sets.ts';

/** Labels of the sets that this plan made of this component; all others are foreign. */
export function ownSets(
  { key, info }: Pick<Repository, 'key' | 'info'>,
  { plan, component }: Pick<StoreCall, 'plan' | 'component'>,
): Set<string> {
  const planName = `${plan.environment}/${plan.backup}`;
  return new Set(
    info.backups
      .filter(
        ({ repository, annotation }) =>
          repository === key &&
          annotation[annotations.plan] === planName &&
          annotation[annotations.component] === component.name,
      )
      .map(({ label }) => label),
  );
}
