import { runBriefly } from '../../../src/embedded/run-briefly.ts';
import type { ClusterLayout } from '../layout.ts';
import { runCommand } from '../../programs/run-command.ts';

const limitMs = 10_000;

/** Removes the link, its routes and the namespace with everything in it; it is a success if there is nothing. */
export async function closeNetwork({ namespace }: ClusterLayout): Promise<void> {
  const namespaces = await runCommand(['ip', 'netns', 'list']);
  if (!namespaces.split('\n').some((line) => line.split(' ')[0] === namespace)) return;
  // A remaining process in the namespace would keep it alive, but not the link.
  await runBriefly('ip', ['-n', namespace, 'link', 'del', 'eth0'], limitMs);
  await runCommand(['ip', 'netns', 'del', namespace]);
}
