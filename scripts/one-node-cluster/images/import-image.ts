import type { ClusterLayout } from '../layout.ts';
import { runCommand } from '../../programs/run-command.ts';

/** Makes the images of an archive (`docker save`'s format, or OCI's) known to the node. */
export async function importImage(
  { containerdSocket }: ClusterLayout,
  archive: string,
): Promise<void> {
  await runCommand([
    ...(['ctr', '--address', containerdSocket, '--namespace', 'k8s.io'] as const),
    ...['images', 'import', '--all-platforms', archive],
  ]);
}
