import type { RestoredComponent } from '../../contracts/backups/details.ts';
import { describePlace } from '../../render/backups/describe-place.ts';
import { shortLabel } from '../../render/backups/short-label.ts';
import { formatDuration } from '../../specs/kernel/duration.ts';
import { restoresForGood } from './restores-for-good.ts';
import type { RestoreSpec } from '../../specs/backups/restore.ts';

export function concludeRestore(
  restored: readonly RestoredComponent[],
  { inPlace, intoNamespaces, plan }: Pick<RestoreSpec, 'inPlace' | 'intoNamespaces' | 'plan'>,
): { outcome: 'Restored'; reason: string } {
  const names = restored
    .map(({ component, label }) => `${component} from ${shortLabel(label)}`)
    .join(', ');
  if (restoresForGood({ inPlace, intoNamespaces })) {
    return { outcome: 'Restored', reason: `${describePlace(intoNamespaces)}: ${names}` };
  }
  const where = restored.map(({ folder = '', agent }) => `${folder} on ${agent}`).join(', ');
  const keep = formatDuration(plan.restore.keepForMs);
  return { outcome: 'Restored', reason: `${names}: ${where}, kept for ${keep}` };
}
