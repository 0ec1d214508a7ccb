import type { RestoredComponent } from '../../contracts/backups/details.ts';
import { shortLabel } from '../../render/backups/short-label.ts';
import { formatDuration } from '../../specs/kernel/duration.ts';
import type { RestoreSpec } from '../../specs/backups/restore.ts';

export function concludeRestore(
  restored: readonly RestoredComponent[],
  { inPlace, plan }: Pick<RestoreSpec, 'inPlace' | 'plan'>,
): { outcome: 'Restored'; reason: string } {
  const names = restored
    .map(({ component, label }) => `${component} from ${shortLabel(label)}`)
    .join(', ');
  if (inPlace) return { outcome: 'Restored', reason: `in place: ${names}` };
  const where = restored.map(({ folder = '', agent }) => `${folder} on ${agent}`).join(', ');
  const keep = formatDuration(plan.restore.keepForMs);
  return { outcome: 'Restored', reason: `${names}: ${where}, kept for ${keep}` };
}
