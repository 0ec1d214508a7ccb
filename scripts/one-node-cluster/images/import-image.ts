import type { ClusterLayout } from '../layout.ts';
import { runCommand } from '../../programs/run-command.ts';

/** Loads the images of an archive (in `docker save`'s or OCI's format) into the node. */
export async function importImage(
  { containerdSocket }: ClusterLayout,
  archive: string,
): Promise<void> {
  await runCommand([
    ...(['ctr', '--address', containerdSocket, '--namespace', 'k8s.io'] as const),
    ...['images', 'import', '--all-platforms', archive],
  ]);
}
