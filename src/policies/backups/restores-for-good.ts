import type { RestoreSpec } from '../../specs/backups/restore.ts';

/** Whether what was proven beside is restored once more, to where it stays and runs. */
export function restoresForGood({
  inPlace,
  intoNamespaces,
}: Pick<RestoreSpec, 'inPlace' | 'intoNamespaces'>): boolean {
  return inPlace || Object.keys(intoNamespaces).length > 0;
}
